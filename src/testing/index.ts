// First, for the client looks for webpack's runtime when it is loaded.
import './webpack-globals.ts'

export type { BrokerAddress, BusUnderTest } from './bus-bench.ts'
export { busConformance } from './bus-conformance.ts'
export { clientComponent, clientModules } from './client-components.ts'
export type { LatencyOptions } from './delay-line.ts'
export { connectInMemory, type Traffic } from './in-memory.ts'
export {
  type LatencyProxy,
  type LatencyProxyOptions,
  type LinkOptions,
  startLatencyProxy,
} from './latency-proxy.ts'
export type { DeadLetter, QueueSettings, QueueUnderTest } from './queue-bench.ts'
export { queueConformance } from './queue-conformance.ts'
export { type LiveScreen, type RenderLiveOptions, renderLive } from './render-live.tsx'
export { serverFunctions } from './server-functions.ts'
export { type ConformanceCase, sessionStoreConformance } from './session-store-conformance.ts'
export { createTestLink, type TestLink } from './test-link.ts'
