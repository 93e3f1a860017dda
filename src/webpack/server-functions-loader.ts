import { readExportNames } from './export-names.ts'
import { ownFiles } from './files.ts'
import type { HostedContext, LoaderHost, SourceMapArgument } from './loader-host.ts'
import { hasDirective, readModuleExports } from './module-exports.ts'
import { readNotFunctions, refuseBothDirectives } from './module-syntax.ts'

/**
 * Webpack loader for the server build. A `'use server'` module stays as it is and registers its exports when it has
 * run; every other module is left alone. Runs after all other loaders, so it reads plain JavaScript.
 */
export default function serverFunctionsLoader(
  this: HostedContext,
  source: string,
  sourceMap?: SourceMapArgument,
): void {
  const callback = this.async()
  const host = this.liveroot
  if (!host || !source.includes('use server')) {
    callback(null, source, sourceMap)
    return
  }
  writeRegistration(this, host, source).then(
    (registration) => callback(null, source + registration, sourceMap),
    callback,
  )
}

async function writeRegistration(context: HostedContext, host: LoaderHost, source: string): Promise<string> {
  const program = host.parse(source)
  if (!hasDirective(program, 'use server')) return ''
  refuseBothDirectives(program)
  const id = host.serverModuleId(context.resource)
  const exportNames = await readExportNames(context, host, program)
  host.note({ liverootServer: { id, exportNames, notFunctions: readNotFunctions(program) } })
  const request = (file: string) => JSON.stringify(context.utils.contextify(context.context, file))
  const runtime = request(ownFiles.serverFunctions)
  if (readModuleExports(program).format === 'commonjs') {
    return `\nrequire(${runtime}).registerServerFunctions(${JSON.stringify(id)}, module.exports)\n`
  }
  // The module imports itself: that gives every export its value, however it was declared.
  return [
    '',
    `import { registerServerFunctions as liverootRegister } from ${runtime}`,
    `import * as liverootExports from ${request(context.resource)}`,
    `liverootRegister(${JSON.stringify(id)}, liverootExports)`,
    '',
  ].join('\n')
}
