import type { Program } from 'estree'
import { type DirectiveModule, type Rewritten, runDirectiveLoader } from './directive-loader.ts'
import { readExportNames } from './export-names.ts'
import { ownFiles } from './files.ts'
import type { HostedContext, SourceMapArgument } from './loader-host.ts'
import { readModuleExports } from './module-exports.ts'
import { hasInlineDirective, readNotFunctions } from './module-syntax.ts'
import { writeConstants } from './write-exports.ts'

/**
 * Webpack loader for the client build. Replaces the source of a `'use server'` module by functions that call it on the
 * server. Runs after all other loaders, so it reads plain JavaScript.
 */
export default function serverStubsLoader(
  this: HostedContext,
  source: string,
  sourceMap?: SourceMapArgument,
): void {
  runDirectiveLoader(this, source, sourceMap, {
    directive: 'use server',
    rewrite: writeStubs,
    inspectOther: refuseInline,
  })
}

function refuseInline(program: Program): void {
  if (hasInlineDirective(program, 'use server')) throw new Error(inlineMessage)
}

async function writeStubs({ context, host, program }: DirectiveModule): Promise<Rewritten> {
  const id = host.serverModuleId(context.resource)
  const { format, isEsModule } = readModuleExports(program)
  const exportNames = await readExportNames(context, host, program)
  if (exportNames.length === 0) throw new Error(noExportsMessage)
  host.note({ liverootServer: { id, exportNames, notFunctions: readNotFunctions(program) } })
  const runtime = JSON.stringify(context.utils.contextify(context.context, ownFiles.clientServerFunction))
  const write = (name: string) => `createServerFunction(${JSON.stringify(`${id}#${name}`)})`
  if (format === 'esm') {
    return { code: `import { createServerFunction } from ${runtime}\n${writeConstants(exportNames, write)}` }
  }
  const lines = exportNames.map((name) => `exports[${JSON.stringify(name)}] = ${write(name)}`)
  if (isEsModule) lines.unshift("Object.defineProperty(exports, '__esModule', { value: true })")
  return { code: `const { createServerFunction } = require(${runtime})\n${lines.join('\n')}\n` }
}

const inlineMessage =
  "liveroot/webpack: a function with 'use server' inside is in the client bundle. Move it to a module of its own " +
  "with 'use server' at its top, or make it in a live component and pass it as a prop."

const noExportsMessage =
  "liveroot/webpack: this 'use server' module has no exports that can be read from its source. Write it, and have " +
  'it compiled, as an ES module that exports functions.'
