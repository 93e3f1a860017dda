/** Replaced by `liveroot/webpack` in the server bundle; not defined in plain Node. */
declare const __LIVEROOT_CLIENT_MANIFEST__: string | undefined

/** Webpack's require function, as React Flight's browser client sees it. */
declare const __webpack_require__: {
  (id: string | number): unknown
  u?: (chunkId: string | number) => string
}

/** Webpack's chunk loader, as React Flight's browser client sees it. */
declare const __webpack_chunk_load__: (chunkId: string | number) => Promise<unknown>

declare module '*?raw' {
  const source: string
  export default source
}

declare module '*.css' {
  const classNames: Record<string, string>
  export default classNames
}
