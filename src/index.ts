import './live/react-types.ts'

export { type ErrorCode, errorCodes, LiverootError } from './errors.ts'
export { usePublish, useTopic } from './live/hooks.ts'
