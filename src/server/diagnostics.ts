import { type Channel, channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ErrorCode } from '../errors.ts'
import type { MessageType } from '../protocol/messages.ts'
import type { Handshake } from './transport.ts'

/** A connection was accepted. */
export interface ConnectionOpened {
  /** Counts the connections of this process. */
  readonly connection: number
  readonly handshake: Handshake
}

/** A connection has ended. */
export interface ConnectionClosed extends ConnectionOpened {
  /** How long it was open, in milliseconds. */
  readonly durationMs: number
  /** The code it was closed with; null where the browser left, or the network broke. */
  readonly code: string | null
}

/** A message of the protocol came or went. */
export interface MessagePassed {
  readonly connection: number
  /** Its name in `PROTOCOL.md`; `unknown` where it is none of them. */
  readonly type: MessageType | 'unknown'
  /** Its size, without what the transport adds. */
  readonly bytes: number
}

/** Whose event it is. */
interface OfSession {
  /** The session's public id: no secret. */
  readonly session: string
  /** The request that the session's newest connection began with. */
  readonly handshake: Handshake
}

/** A session began, got another connection, or lost the one it had. */
export type SessionEvent = OfSession

/** A session is over. */
export interface SessionEnded extends OfSession {
  readonly durationMs: number
}

/** A function that the browser called has started. The same object is published again, with more in it, at its end. */
export interface CallStarted extends OfSession {
  readonly call: number
  /** The pattern of the live root's route; null for a function that a client module imports. */
  readonly route: string | null
  /** The function's place in its slot, or its id where it is imported. */
  readonly path: string
}

/** A call is answered, or was refused before it started: then nobody heard of its start. */
export interface CallEnded extends CallStarted {
  readonly outcome: 'ok' | 'failed' | 'refused'
  /** Why it failed or was refused. */
  readonly code?: ErrorCode
  /** From its start to its answer, in milliseconds; 0 where it was refused. */
  readonly durationMs: number
}

export interface OfRoot extends OfSession {
  /** The pattern of the root's route. */
  readonly route: string
  readonly root: number
}

/** A root is about to be rendered for the first time. The same object is published again at the end. */
export type MountStarted = OfRoot

/** A root has been rendered for the first time, or could not be. */
export interface MountEnded extends OfRoot {
  readonly outcome: 'ok' | 'failed'
  readonly durationMs: number
}

/** What changed in a root was compared, encoded and sent as a frame. */
export interface FrameSent extends OfRoot {
  readonly sequence: number
  /** Slots that it writes. */
  readonly writes: number
  /** Of its payload; only the first part where the rest of it follows as a stream. */
  readonly bytes: number
  /** The time of comparing and encoding, in milliseconds. */
  readonly durationMs: number
}

/** A root has something to send, and its browser has not taken what was sent before: nothing is made meanwhile. */
export interface FrameHeldBack extends OfRoot {
  readonly reason: 'unacknowledged_frames' | 'unacknowledged_bytes' | 'buffered_bytes'
}

/** The state of a session was stored, or could not be. */
export interface SnapshotSaved {
  readonly session: string
  /** Entries that were written; those that have not changed are not. */
  readonly entries: number
  readonly bytes: number
  readonly durationMs: number
  readonly outcome: 'ok' | 'failed' | 'refused'
}

/** A browser broke a rule, met a limit or may not do what it asked. */
export interface Refused {
  readonly code: ErrorCode
}

/** The channels of `node:diagnostics_channel` that a live server publishes on, with their messages. */
export interface LiveDiagnostics {
  'liveroot.connection.opened': ConnectionOpened
  'liveroot.connection.closed': ConnectionClosed
  'liveroot.message.received': MessagePassed
  'liveroot.message.sent': MessagePassed
  'liveroot.session.opened': SessionEvent
  'liveroot.session.resumed': SessionEvent
  'liveroot.session.detached': SessionEvent
  /** Another connection took the session over while the one before was still open. */
  'liveroot.session.taken': SessionEvent
  'liveroot.session.ended': SessionEnded
  /** The trees of an idle session sleep; its browser is still there. */
  'liveroot.session.asleep': SessionEvent
  /** Something is for them: they are mounted again. */
  'liveroot.session.awake': SessionEvent
  'liveroot.call.started': CallStarted
  'liveroot.call.ended': CallEnded
  'liveroot.mount.started': MountStarted
  'liveroot.mount.ended': MountEnded
  'liveroot.frame.sent': FrameSent
  'liveroot.frame.held': FrameHeldBack
  'liveroot.snapshot.saved': SnapshotSaved
  'liveroot.refusal': Refused
}

/** The name of a channel of `node:diagnostics_channel`: the keys of {@link LiveDiagnostics}. */
export type DiagnosticsName = keyof LiveDiagnostics

/** A channel of a known message. Look at `hasSubscribers` first: what nobody hears must cost nothing. */
export interface LiveChannel<T> extends Omit<Channel, 'publish' | 'runStores'> {
  publish(message: T): void
  /** Publishes, and runs a function in the stores that subscribers have bound to the channel. */
  runStores<R>(message: T, fn: () => R): R
}

function of<Name extends DiagnosticsName>(name: Name): LiveChannel<LiveDiagnostics[Name]> {
  return channel(name) as unknown as LiveChannel<LiveDiagnostics[Name]>
}

/** Every channel, by what happens. */
export const diagnostics = {
  connectionOpened: of('liveroot.connection.opened'),
  connectionClosed: of('liveroot.connection.closed'),
  messageReceived: of('liveroot.message.received'),
  messageSent: of('liveroot.message.sent'),
  sessionOpened: of('liveroot.session.opened'),
  sessionResumed: of('liveroot.session.resumed'),
  sessionDetached: of('liveroot.session.detached'),
  sessionTaken: of('liveroot.session.taken'),
  sessionEnded: of('liveroot.session.ended'),
  sessionAsleep: of('liveroot.session.asleep'),
  sessionAwake: of('liveroot.session.awake'),
  callStarted: of('liveroot.call.started'),
  callEnded: of('liveroot.call.ended'),
  mountStarted: of('liveroot.mount.started'),
  mountEnded: of('liveroot.mount.ended'),
  frameSent: of('liveroot.frame.sent'),
  frameHeld: of('liveroot.frame.held'),
  snapshotSaved: of('liveroot.snapshot.saved'),
  refusal: of('liveroot.refusal'),
}

/**
 * Hears what happens in the live servers of this process. The same as `subscribe` of `node:diagnostics_channel`, with
 * the types of the messages.
 *
 * @param name one of the channels of {@link LiveDiagnostics}.
 * @param listener called at once, in the middle of what happens: keep it short. What it throws is an uncaught exception.
 * @returns the function that ends it.
 */
export function onDiagnostic<Name extends DiagnosticsName>(
  name: Name,
  listener: (message: LiveDiagnostics[Name]) => void,
): () => void {
  const hear = (message: unknown) => listener(message as LiveDiagnostics[Name])
  subscribe(name, hear)
  return () => unsubscribe(name, hear)
}
