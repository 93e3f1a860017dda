import type { Compiler } from 'webpack'

/** A `'use client'` module that the finished server bundle reaches. */
export interface ReachedClientModule {
  /** The reference id: the module's path relative to the server compiler's context. */
  id: string
  /** What the client compiler imports: the absolute resource. */
  request: string
  /** The exports that the server uses; undefined when that is not known. */
  usedExports?: string[]
}

/** What the server's plugin tells the client's. One object per `Liveroot`. */
export interface BuildState {
  /** The server's compiler; undefined until its plugin is applied. */
  server?: Compiler
  /** The finished server bundle's client modules; undefined until the server was first compiled. */
  clientModules?: ReachedClientModule[]
}

/** Put on a module's `buildInfo` by the loader, so that webpack's cache keeps it with the module. */
export interface ClientModuleInfo {
  id: string
  exportNames: string[]
}

export const clientManifestFile = 'client-manifest.json'
