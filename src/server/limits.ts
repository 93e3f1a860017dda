/** The bounds that keep one browser from harming the others. Every queue that a client can grow has one. */
export interface LiveLimits {
  /** Largest message from a browser, in bytes; a larger one closes the connection (`frame_too_large`). 65,536. */
  maxMessageBytes: number
  /** Largest body of a request to an HTTP hook, in bytes; more is answered with 413 (`body_too_large`). 1,048,576. */
  maxHookBytes: number
  /** Live roots that one session may have mounted; the next is refused (`too_many_roots`). 64. */
  maxRootsPerSession: number
  /** Calls of one session that have no answer yet; the next is refused (`too_many_calls`). 64. */
  maxCallsInFlight: number
  /** Frames of one root sent and not acknowledged; past that nothing is rendered for it until some are. 32. */
  maxUnackedFrames: number
  /** Bytes that a connection has not taken yet; past that nothing is written until it has. 1,048,576. */
  maxBufferedBytes: number
  /** How long a connection may stay past `maxBufferedBytes` before it is closed (`slow_reader`). 30,000. */
  slowReaderTimeoutMs: number
  /** How long a new connection may take to say hello (`handshake_timeout`). 10,000. */
  handshakeTimeoutMs: number
  /** How often the browser makes itself heard; silent for twice as long, it is gone (`heartbeat_timeout`). 25,000. */
  heartbeatMs: number
}

/** The limits where the application names none. */
export const defaultLimits: Readonly<LiveLimits> = {
  maxMessageBytes: 65_536,
  maxHookBytes: 1_048_576,
  maxRootsPerSession: 64,
  maxCallsInFlight: 64,
  maxUnackedFrames: 32,
  maxBufferedBytes: 1_048_576,
  slowReaderTimeoutMs: 30_000,
  handshakeTimeoutMs: 10_000,
  heartbeatMs: 25_000,
}
