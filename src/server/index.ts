import '../live/react-types.ts'

export { type ErrorCode, errorCodes, LiverootError } from '../errors.ts'
export type { Publish } from '../live/hooks.ts'
export type { ParamNames } from '../protocol/mount-path.ts'
export type { Authenticate, LiveRequest } from './authenticator.ts'
export {
  type Bus,
  type BusListener,
  type BusMessage,
  type BusSettings,
  type BusState,
  type BusSubscription,
  fromOldest,
} from './bus.ts'
export {
  type CallEnded,
  type CallStarted,
  type ConnectionClosed,
  type ConnectionOpened,
  type DiagnosticsName,
  type FrameHeldBack,
  type FrameSent,
  type LiveDiagnostics,
  type MessagePassed,
  type MountEnded,
  type MountStarted,
  onDiagnostic,
  type Refused,
  type SessionEnded,
  type SessionEvent,
  type SnapshotSaved,
} from './diagnostics.ts'
export type { ErrorContext, OnError } from './errors-out.ts'
export { type FileStoreOptions, fileStore } from './file-store.ts'
export type { ClientModuleMap } from './flight/client-manifest.ts'
export type { Guard, GuardAnswer } from './guard.ts'
export type { HealthPaths, LiveHealth } from './health.ts'
export {
  type HookContext,
  type HookHandler,
  type HookOptions,
  type HttpHook,
  httpHook,
} from './http-hooks.ts'
export type { IdempotencyStore, KeptAnswer } from './idempotency.ts'
export { defaultLimits, type LiveLimits } from './limits.ts'
export { createLiveServer, type LiveServer } from './live-server.ts'
export type { LiveServerOptions } from './live-server-options.ts'
export { type MemoryBusOptions, MemoryHub, memoryBus } from './memory-bus.ts'
export { type MemoryStoreOptions, memoryStore } from './memory-store.ts'
export {
  type BodyParser,
  type DeliveryContext,
  type DeliveryHandler,
  defaultRetry,
  type RetryOptions,
  type SourceOptions,
  source,
} from './queue-source.ts'
export { type ParamParser, type ParamParsers, type Route, type RouteProps, route } from './routes.ts'
export { every, type ScheduleOptions, schedule, type TickContext, type TickHandler } from './schedule.ts'
export type { NamedSave, SessionEntries, SessionSave, SessionStore } from './session-store.ts'
export type { SessionFilter } from './sessions.ts'
export {
  type HmacOptions,
  type SignatureHeader,
  type SignedRequest,
  type VerifyRequest,
  verifyHmac,
} from './signature.ts'

export type {
  DeadLetterReason,
  Delivery,
  Locks,
  Queue,
  QueueListener,
  RunningQueue,
  RunningSource,
  Source,
  SourceHost,
} from './source.ts'
export type { TopicOptions, TopicOptionsByPattern } from './topics.ts'
export type { AcceptSocket, Handshake, Socket, SocketListener } from './transport.ts'
