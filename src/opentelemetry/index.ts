export { type LiveInstrumentation, type LiveInstrumentationOptions, observeLive } from './observe-live.ts'
