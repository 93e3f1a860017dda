export { type ErrorCode, errorCodes, LiverootError, UserError } from '../errors.ts'
export type { ParamValue } from '../protocol/mount-path.ts'
export {
  defaultReconnectOptions,
  type LiveState,
  type LiveStatus,
  type ReconnectOptions,
} from './connection.ts'
export { createLiveClient, type LiveClient, type LiveClientOptions } from './live-client.ts'
export { LiveProvider } from './live-provider.tsx'
export { LiveRoot, type LiveRootProps } from './live-root.tsx'
export { useLiveStatus } from './live-status.ts'
export { type LiveValue, live } from './live-value.ts'
export type { ClientSocket, ClientSocketListener, Connect } from './transport.ts'
export type { UploadProgress } from './upload-progress.ts'
export { type StreamArguments, type StreamOf, useLiveStream } from './use-live-stream.ts'
export { useUpload } from './use-upload.ts'
