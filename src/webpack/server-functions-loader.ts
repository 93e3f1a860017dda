import { type DirectiveModule, type Rewritten, runDirectiveLoader } from './directive-loader.ts'
import { readExportNames } from './export-names.ts'
import { ownFiles } from './files.ts'
import type { HostedContext, SourceMapArgument } from './loader-host.ts'
import { readModuleExports } from './module-exports.ts'
import { readNotFunctions } from './module-syntax.ts'

/**
 * Webpack loader for the server build. A `'use server'` module stays as it is and registers its exports when it has
 * run; every other module is left alone. Runs after all other loaders, so it reads plain JavaScript.
 */
export default function serverFunctionsLoader(
  this: HostedContext,
  source: string,
  sourceMap?: SourceMapArgument,
): void {
  runDirectiveLoader(this, source, sourceMap, { directive: 'use server', rewrite: writeRegistration })
}

async function writeRegistration({ context, host, program }: DirectiveModule): Promise<Rewritten> {
  const id = host.serverModuleId(context.resource)
  const exportNames = await readExportNames(context, host, program)
  host.note({ liverootServer: { id, exportNames, notFunctions: readNotFunctions(program) } })
  const request = (file: string) => JSON.stringify(context.utils.contextify(context.context, file))
  const runtime = request(ownFiles.serverFunctions)
  if (readModuleExports(program).format === 'commonjs') {
    return {
      appended: `\nrequire(${runtime}).registerServerFunctions(${JSON.stringify(id)}, module.exports)\n`,
    }
  }
  // The module imports itself: that gives every export its value, however it was declared.
  const lines = [
    '',
    `import { registerServerFunctions as liverootRegister } from ${runtime}`,
    `import * as liverootExports from ${request(context.resource)}`,
    `liverootRegister(${JSON.stringify(id)}, liverootExports)`,
    '',
  ]
  return { appended: lines.join('\n') }
}
