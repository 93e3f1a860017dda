import { readFileSync, statSync } from 'node:fs'

/** Where the browser finds one client module: webpack's module id and what to load first. */
export interface ClientModuleEntry {
  /** Webpack's id of the module in the client bundle. */
  id: string | number
  /** Chunk ids and their files, alternating. Chunks that every page loads at the start are left out. */
  chunks: (string | number)[]
  /** Always `'*'`: React Flight takes the export's name from the reference. */
  name: string
  /** True when the module uses top-level await. */
  async?: boolean
  /**
   * Ids (`module#export`) of the server functions that the module imports, itself or through other modules: what a
   * browser that is shown the module may call. React Flight does not read them.
   */
  functions?: readonly string[]
}

/** Client modules by reference id (the part of `$$id` before the `#`). */
export type ClientModuleMap = Record<string, ClientModuleEntry>

/** What `liveroot/webpack` writes to `client-manifest.json` beside the server bundle. */
export interface ClientManifest {
  /** Changes when anything in the client bundle changes; empty when there is no bundle. */
  buildId: string
  modules: ClientModuleMap
}

const emptyManifest: ClientManifest = { buildId: '', modules: {} }

let cached: { manifest: ClientManifest; version: string } | undefined

/**
 * Reads the manifest of the client bundle that belongs to this server bundle.
 *
 * The result is cached: for ever in production, until the file changes otherwise. The same object is
 * returned as long as the file is the same.
 *
 * @returns the manifest; an empty one outside a webpack bundle (plain Node, tests).
 * @throws when the bundle's manifest is missing or broken and was never read before.
 */
export function readClientManifest(): ClientManifest {
  const path = typeof __LIVEROOT_CLIENT_MANIFEST__ === 'undefined' ? undefined : __LIVEROOT_CLIENT_MANIFEST__
  if (path === undefined) return emptyManifest
  if (cached !== undefined && process.env.NODE_ENV === 'production') return cached.manifest
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) {
    // A rebuild may have removed the file for a moment.
    if (cached !== undefined) return cached.manifest
    throw new Error(
      `liveroot/server: ${path} is missing. Build the client configuration too, with liveroot.client() in its plugins.`,
    )
  }
  const version = `${stats.mtimeMs}:${stats.size}`
  if (cached?.version === version) return cached.manifest
  const manifest = parseManifest(path) ?? cached?.manifest
  if (manifest === undefined) {
    throw new Error(`liveroot/server: ${path} is not valid JSON. Build the client configuration again.`)
  }
  cached = { manifest, version }
  return manifest
}

/** A watching webpack may be half way through writing the file: the caller then keeps what it has. */
function parseManifest(path: string): ClientManifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ClientManifest
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
