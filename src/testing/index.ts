// First, for the client looks for webpack's runtime when it is loaded.
import './webpack-globals.ts'

export { clientComponent, clientModules } from './client-components.ts'
export { connectInMemory, type Traffic } from './in-memory.ts'
export { type LiveScreen, type RenderLiveOptions, renderLive } from './render-live.tsx'
