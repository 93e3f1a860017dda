import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import type { Compiler } from 'webpack'

/**
 * A module's name in references: its path from the root of the build. Absolute paths would differ between machines,
 * and with them the server's output.
 *
 * @param resource the absolute path, with the query if there is one
 */
export function moduleId(rootContext: string, resource: string): string {
  const [path = '', query = ''] = splitQuery(resource)
  return relative(rootContext, path).replaceAll('\\', '/') + query
}

/**
 * The id of a `'use server'` module, which travels in each call of its functions: readable in development, short and
 * without a path of the source in production.
 *
 * @param compiler the server's, in both builds
 */
export function serverModuleId({ context, options }: Compiler, resource: string): string {
  const id = moduleId(context, resource)
  if (options.mode === 'development') return id
  // 60 bits; the server's build has an error should two modules ever share them.
  return createHash('sha256').update(id).digest('base64url').slice(0, 10)
}

/** Splits a resource into the file's path and its query, which may be empty. */
export function splitQuery(resource: string): [path: string, query: string] {
  const start = resource.indexOf('?')
  return start < 0 ? [resource, ''] : [resource.slice(0, start), resource.slice(start)]
}

/** The name of the package that a file is in; undefined for the app's own files. */
export function packageOf(path: string): string | undefined {
  return /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1]?.replaceAll('\\', '/')
}
