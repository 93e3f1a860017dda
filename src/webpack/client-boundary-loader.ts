import { readExportNames } from './export-names.ts'
import { ownFiles } from './files.ts'
import type { HostedContext, LoaderHost, SourceMapArgument } from './loader-host.ts'
import { hasDirective, readModuleExports } from './module-exports.ts'
import { moduleId, packageOf } from './module-id.ts'
import { readRequests, refuseBothDirectives } from './module-syntax.ts'
import { writeConstants } from './write-exports.ts'

interface ClientBoundaryOptions {
  /** Packages whose client modules run on the server. */
  live: readonly string[]
}

/**
 * Webpack loader for the server build. Replaces the source of a `'use client'` module by references to its
 * exports; leaves every other module as it is. Runs after all other loaders, so it reads plain JavaScript.
 */
export default function clientBoundaryLoader(
  this: HostedContext,
  source: string,
  sourceMap?: SourceMapArgument,
): void {
  const callback = this.async()
  const host = this.liveroot
  const { live } = this.getOptions() as ClientBoundaryOptions
  // The text test spares nearly all modules a second parse.
  if (!host || !source.includes('use client') || live.includes(packageOf(this.resourcePath) ?? '')) {
    callback(null, source, sourceMap)
    return
  }
  replaceClientModule(this, host, source).then(
    (replaced) => (replaced === undefined ? callback(null, source, sourceMap) : callback(null, replaced)),
    callback,
  )
}

async function replaceClientModule(
  context: HostedContext,
  host: LoaderHost,
  source: string,
): Promise<string | undefined> {
  const program = host.parse(source)
  if (!hasDirective(program, 'use client')) return undefined
  refuseBothDirectives(program)
  const { format, isEsModule } = readModuleExports(program)
  const exportNames = await readExportNames(context, host, program)
  const id = moduleId(context.rootContext, context.resource)
  host.note({ liverootClient: { id, exportNames, requests: readRequests(program) } })
  const runtime = JSON.stringify(context.utils.contextify(context.context, ownFiles.clientReference))
  if (format === 'commonjs') {
    const args = [id, exportNames, isEsModule].map((value) => JSON.stringify(value)).join(', ')
    return `module.exports = require(${runtime}).clientModuleProxy(${args})\n`
  }
  const references = writeConstants(
    exportNames,
    (name) => `clientReference(${JSON.stringify(id)}, ${JSON.stringify(name)})`,
  )
  return `import { clientReference } from ${runtime}\n${references}`
}
