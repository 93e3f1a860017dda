import '../live/react-types.ts'

export { type ErrorCode, errorCodes, LiverootError } from '../errors.ts'
export type { ParamNames } from '../protocol/mount-path.ts'
export type { ErrorContext, OnError } from './errors-out.ts'
export type { ClientModuleMap } from './flight/client-manifest.ts'
export { type HookContext, type HookHandler, type HttpHook, httpHook } from './http-hooks.ts'
export { defaultLimits, type LiveLimits } from './limits.ts'
export { createLiveServer, type LiveServer, type LiveServerOptions } from './live-server.ts'
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
export type {
  DeadLetterReason,
  Delivery,
  Locks,
  Publish,
  Queue,
  QueueListener,
  RunningQueue,
  RunningSource,
  Source,
  SourceHost,
} from './source.ts'
export type { AcceptSocket, Socket, SocketListener } from './transport.ts'
