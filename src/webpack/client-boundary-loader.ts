import { type DirectiveModule, type Rewritten, runDirectiveLoader } from './directive-loader.ts'
import { readExportNames } from './export-names.ts'
import { ownFiles } from './files.ts'
import type { HostedContext, SourceMapArgument } from './loader-host.ts'
import { readModuleExports } from './module-exports.ts'
import { moduleId, packageOf } from './module-id.ts'
import { readRequests } from './module-syntax.ts'
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
  const { live } = this.getOptions() as ClientBoundaryOptions
  if (live.includes(packageOf(this.resourcePath) ?? '')) this.callback(null, source, sourceMap)
  else runDirectiveLoader(this, source, sourceMap, { directive: 'use client', rewrite: writeReferences })
}

async function writeReferences({ context, host, program }: DirectiveModule): Promise<Rewritten> {
  const { format, isEsModule } = readModuleExports(program)
  const exportNames = await readExportNames(context, host, program)
  const id = moduleId(context.rootContext, context.resource)
  host.note({ liverootClient: { id, exportNames, requests: readRequests(program) } })
  const runtime = JSON.stringify(context.utils.contextify(context.context, ownFiles.clientReference))
  if (format === 'commonjs') {
    const args = [id, exportNames, isEsModule].map((value) => JSON.stringify(value)).join(', ')
    return { code: `module.exports = require(${runtime}).clientModuleProxy(${args})\n` }
  }
  const references = writeConstants(
    exportNames,
    (name) => `clientReference(${JSON.stringify(id)}, ${JSON.stringify(name)})`,
  )
  return { code: `import { clientReference } from ${runtime}\n${references}` }
}
