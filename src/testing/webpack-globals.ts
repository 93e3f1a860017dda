/**
 * React's Flight reader asks webpack's runtime for client modules. In a test there is none: this stands in for it. Must
 * be imported before the client, for the reader looks for the runtime when it is loaded.
 */
const modules = new Map<string, Record<string, unknown>>()

interface WebpackGlobals {
  __webpack_require__?: (id: string) => unknown
  __webpack_chunk_load__?: (id: string) => Promise<unknown>
}

const globals = globalThis as WebpackGlobals
const outer = globals.__webpack_require__
globals.__webpack_require__ = Object.assign(
  (id: string) => modules.get(id) ?? outer?.(id),
  outer ?? { u: (id: string) => id },
)
globals.__webpack_chunk_load__ ??= () => Promise.resolve()

/** Makes a module known by an id. */
export function defineModule(id: string, exports: Record<string, unknown>): void {
  modules.set(id, exports)
}
