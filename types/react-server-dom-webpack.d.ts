// The package ships no types. Only what Liveroot uses is declared here.

declare module 'react-server-dom-webpack/server' {
  import type { ClientModuleMap } from '../src/server/flight/client-manifest.ts'

  export type TemporaryReferenceSet = WeakMap<object, unknown>

  export interface RenderOptions {
    environmentName?: string | (() => string)
    filterStackFrame?: (url: string, functionName: string, line: number, column: number) => boolean
    identifierPrefix?: string
    onError?: (error: unknown) => string | undefined
    onPostpone?: (reason: string) => void
    signal?: AbortSignal
    startTime?: number
    temporaryReferences?: TemporaryReferenceSet
  }

  export function renderToReadableStream(
    model: unknown,
    clientManifest: ClientModuleMap,
    options?: RenderOptions,
  ): ReadableStream<Uint8Array>

  export interface ServerModuleEntry {
    id: string | number
    chunks: (string | number)[]
    name: string
    async?: boolean
  }

  export interface DecodeReplyOptions {
    temporaryReferences?: TemporaryReferenceSet
    arraySizeLimit?: number
  }

  export function decodeReply<T = unknown>(
    body: string | FormData,
    serverManifest: Record<string, ServerModuleEntry>,
    options?: DecodeReplyOptions,
  ): PromiseLike<T>

  // biome-ignore lint/complexity/noBannedTypes: any function may be registered
  export function registerServerReference<T extends Function>(
    reference: T,
    id: string,
    exportName: string | null,
  ): T

  export function registerClientReference(
    proxyImplementation: unknown,
    id: string,
    exportName: string,
  ): unknown

  export function createTemporaryReferenceSet(): TemporaryReferenceSet
}

declare module 'react-server-dom-webpack/client' {
  export type CallServer = (id: string, args: unknown[]) => unknown

  export interface CreateFromStreamOptions {
    callServer?: CallServer
    debugChannel?: { readable?: ReadableStream; writable?: WritableStream }
    environmentName?: string
    findSourceMapURL?: (fileName: string, environmentName: string) => string | null
    replayConsoleLogs?: boolean
    temporaryReferences?: Map<string, unknown>
  }

  export function createFromReadableStream<T = unknown>(
    stream: ReadableStream<Uint8Array>,
    options?: CreateFromStreamOptions,
  ): PromiseLike<T>

  export function encodeReply(
    value: unknown,
    options?: { temporaryReferences?: Map<string, unknown>; signal?: AbortSignal },
  ): Promise<string | FormData>

  export function createServerReference<A extends unknown[], R>(
    id: string,
    callServer: CallServer,
    encodeFormAction?: (id: string, args: Promise<unknown[]>) => unknown,
    findSourceMapURL?: (fileName: string, environmentName: string) => string | null,
    functionName?: string,
  ): (...args: A) => Promise<R>

  export function createTemporaryReferenceSet(): Map<string, unknown>
}

declare module 'react-server-dom-webpack/client.browser' {
  export * from 'react-server-dom-webpack/client'
}
