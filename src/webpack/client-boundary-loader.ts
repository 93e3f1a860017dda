import { relative } from 'node:path'
import type { Program } from 'estree'
import type { LoaderContext, Module } from 'webpack'
import type { ClientModuleInfo } from './build-state.ts'
import { ownFiles } from './files.ts'
import { hasDirective, type ModuleExports, readModuleExports } from './module-exports.ts'

/** What the server's plugin gives to this loader for each JavaScript module. */
export interface ClientBoundaryHost {
  /** Parses JavaScript with webpack's own parser. */
  parse(source: string): Program
  /** Notes on the module that it stands for a client module. */
  markClientModule(info: ClientModuleInfo): void
}

type Context = LoaderContext<object> & { liveroot?: ClientBoundaryHost }

/**
 * Webpack loader for the server build. Replaces the source of a `'use client'` module by references to its
 * exports; leaves every other module as it is. Runs after all other loaders, so it reads plain JavaScript.
 */
export default function clientBoundaryLoader(
  this: Context,
  source: string,
  sourceMap?: Parameters<Context['callback']>[2],
): void {
  const callback = this.async()
  const host = this.liveroot
  // The text test spares nearly all modules a second parse.
  if (!host || !source.includes('use client')) {
    callback(null, source, sourceMap)
    return
  }
  replaceClientModule(this, host, source).then(
    (replaced) => (replaced === undefined ? callback(null, source, sourceMap) : callback(null, replaced)),
    callback,
  )
}

async function replaceClientModule(
  context: Context,
  host: ClientBoundaryHost,
  source: string,
): Promise<string | undefined> {
  const program = host.parse(source)
  if (!hasDirective(program, 'use client')) return undefined
  const moduleExports = readModuleExports(program)
  const names = new Set(moduleExports.names)
  await addStarExports(context, host, moduleExports.starRequests, names, new Set([context.resourcePath]))
  const id = referenceId(context)
  const exportNames = [...names]
  host.markClientModule({ id, exportNames })
  const request = context.utils.contextify(context.context, ownFiles.clientReference)
  return moduleExports.format === 'esm'
    ? writeEsmReferences(id, exportNames, request)
    : writeCommonJsReferences(id, moduleExports, request)
}

/** Absolute paths would differ between machines, and with them the server's output. */
function referenceId(context: Context): string {
  const path = relative(context.rootContext, context.resourcePath).replaceAll('\\', '/')
  return path + context.resourceQuery
}

/** Adds what `export *` brings in. Needs the other modules' sources, run through their own loaders. */
async function addStarExports(
  context: Context,
  host: ClientBoundaryHost,
  requests: string[],
  names: Set<string>,
  visited: Set<string>,
  issuerDirectory = context.context,
): Promise<void> {
  const resolve = context.getResolve({ dependencyType: 'esm' })
  for (const request of requests) {
    const resource = await resolve(issuerDirectory, request)
    if (typeof resource !== 'string') continue
    const path = resource.replace(/[?#].*$/, '')
    if (visited.has(path)) continue
    visited.add(path)
    const loaded = await loadModule(context, resource)
    const found = loaded.info
      ? { names: loaded.info.exportNames, starRequests: [] }
      : readModuleExports(host.parse(loaded.source))
    // `export *` never passes a default export on.
    for (const name of found.names) if (name !== 'default') names.add(name)
    await addStarExports(context, host, found.starRequests, names, visited, path.replace(/[\\/][^\\/]*$/, ''))
  }
}

function loadModule(context: Context, request: string): Promise<{ source: string; info?: ClientModuleInfo }> {
  return new Promise((resolve, reject) => {
    context.loadModule(request, (error, source, _map, module) => {
      if (error || source === undefined || source === null) {
        reject(
          error ??
            new Error(`liveroot/webpack: cannot read ${request}, which a 'use client' module re-exports.`),
        )
      } else {
        resolve({
          source: source.toString(),
          info: (module as Module | undefined)?.buildInfo?.liverootClient,
        })
      }
    })
  })
}

function writeEsmReferences(id: string, names: string[], request: string): string {
  const lines = [`import { clientReference } from ${JSON.stringify(request)}`]
  const specifiers: string[] = []
  names.forEach((name, index) => {
    lines.push(
      `const r${index} = /*#__PURE__*/ clientReference(${JSON.stringify(id)}, ${JSON.stringify(name)})`,
    )
    const isPlainName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    specifiers.push(`r${index} as ${isPlainName ? name : JSON.stringify(name)}`)
  })
  lines.push(`export { ${specifiers.join(', ')} }`)
  return `${lines.join('\n')}\n`
}

function writeCommonJsReferences(id: string, { names, isEsModule }: ModuleExports, request: string): string {
  const args = [id, names, isEsModule].map((value) => JSON.stringify(value)).join(', ')
  return `module.exports = require(${JSON.stringify(request)}).clientModuleProxy(${args})\n`
}
