import type { Program } from 'estree'
import { type HostedContext, infoOf, type LoaderHost } from './loader-host.ts'
import { readModuleExports } from './module-exports.ts'
import { splitQuery } from './module-id.ts'

/** Reads the names of all exports of a loader's module, those that `export *` brings in among them. */
export async function readExportNames(
  context: HostedContext,
  host: LoaderHost,
  program: Program,
): Promise<string[]> {
  const { names: own, starRequests } = readModuleExports(program)
  const names = new Set(own)
  await addStarExports(context, host, starRequests, names, new Set([context.resourcePath]))
  return [...names]
}

/** Needs the other modules' sources, run through their own loaders. */
async function addStarExports(
  context: HostedContext,
  host: LoaderHost,
  requests: string[],
  names: Set<string>,
  visited: Set<string>,
  issuerDirectory = context.context,
): Promise<void> {
  const resolve = context.getResolve({ dependencyType: 'esm' })
  for (const request of requests) {
    const resource = await resolve(issuerDirectory, request)
    if (typeof resource !== 'string') continue
    const [path] = splitQuery(resource)
    if (visited.has(path)) continue
    visited.add(path)
    const loaded = await loadModule(context, resource)
    const found = loaded.exportNames
      ? { names: loaded.exportNames, starRequests: [] }
      : readModuleExports(host.parse(loaded.source))
    // `export *` never passes a default export on.
    for (const name of found.names) if (name !== 'default') names.add(name)
    await addStarExports(context, host, found.starRequests, names, visited, path.replace(/[\\/][^\\/]*$/, ''))
  }
}

function loadModule(
  context: HostedContext,
  request: string,
): Promise<{ source: string; exportNames?: string[] }> {
  return new Promise((resolve, reject) => {
    context.loadModule(request, (error, source, _map, module) => {
      if (error || source === undefined || source === null) {
        reject(error ?? new Error(`liveroot/webpack: cannot read ${request}, which a module re-exports.`))
        return
      }
      const { liverootClient, liverootServer } = infoOf(module)
      resolve({ source: source.toString(), exportNames: (liverootClient ?? liverootServer)?.exportNames })
    })
  })
}
