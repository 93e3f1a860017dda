import './live/react-types.ts'

export { type ErrorCode, errorCodes, LiverootError, UserError } from './errors.ts'
export { callId } from './live/call-id.ts'
export { caller } from './live/caller.ts'
export { type ArgumentIssue, checked, type StandardSchema } from './live/checked.ts'
export { type Publish, type UseTopicOptions, usePublish, useTopic } from './live/hooks.ts'
export type {
  LiveChangeEvent,
  LiveClipboardEvent,
  LiveCompositionEvent,
  LiveDragEvent,
  LiveEvent,
  LiveField,
  LiveInputEvent,
  LiveKeyboardEvent,
  LiveMouseEvent,
  LivePointerEvent,
  LiveScrollEvent,
  LiveSubmitEvent,
  LiveTarget,
  LiveTouchEvent,
  LiveTransfer,
  LiveWheelEvent,
} from './live/live-event.ts'
export { type OnOptions, on } from './live/on.ts'
export { type PresenceEntry, type UsePresenceOptions, usePresence } from './live/presence.ts'
export type { MessageInfo } from './live/services.ts'
export { type LiveSession, type LiveUser, type Register, useSession } from './live/session.ts'
export { type SharedOptions, shared } from './live/shared.ts'
export { type Topic, type TopicFamily, topic } from './live/topic.ts'

export type { LiveArgument } from './protocol/live-argument.ts'
