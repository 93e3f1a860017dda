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
  /** The ids of the finished server bundle's `'use server'` modules. */
  serverModules?: ReadonlySet<string>
}

/** Put on a module's `buildInfo` by the loader, so that webpack's cache keeps it with the module. */
export interface ClientModuleInfo {
  id: string
  exportNames: string[]
  /** What the module itself imports. Its references on the server import none of it. */
  requests: string[]
}

/** The same for a `'use server'` module: the module itself on the server, its stubs in the client build. */
export interface ServerModuleInfo {
  id: string
  exportNames: string[]
  /** Those of the exports whose source shows that they are no functions. */
  notFunctions: string[]
}

/** What Liveroot's loaders leave on `buildInfo`. */
export interface LiverootInfo {
  liverootClient?: ClientModuleInfo
  liverootServer?: ServerModuleInfo
}

export const clientManifestFile = 'client-manifest.json'
