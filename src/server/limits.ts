/** The bounds that keep one browser from harming the others. Every queue that a client can grow has one. */
export interface LiveLimits {
  /**
   * Largest message from a browser, in bytes. A call that would be larger is rejected in the browser (`arguments_too_large`);
   * a larger message closes the connection (`frame_too_large`). The pieces of files must fit: at least 33,000. 65,536.
   */
  maxMessageBytes: number
  /** Largest body of a request to an HTTP hook, in bytes; more is answered with 413 (`body_too_large`). 1,048,576. */
  maxHookBytes: number
  /** Answers of hooks kept by idempotency key, in memory; past that the oldest is dropped. 10,000. */
  maxIdempotencyKeys: number
  /** Sessions of this server, those without a connection included; the next is refused (`too_many_sessions`). 50,000. */
  maxSessions: number
  /** How long a session whose connection was lost waits for its browser before it is put to sleep in its store. 60,000. */
  sessionGraceMs: number
  /**
   * How long nothing may have happened in a session (no call, no message of its topics, nothing rendered) before its trees
   * are put to sleep, though its browser is there: see `docs/durability.md`. `Infinity` for never. 900,000: 15 minutes.
   */
  sleepAfterMs: number
  /** How long a session may be left alone before its token opens nothing any more, wherever it is kept. 604,800,000: a week. */
  sessionTtlMs: number
  /**
   * How long what changes without a call may wait to be stored, and how long storing waits for calls that run. 50.
   */
  snapshotDelayMs: number
  /**
   * Bytes that a session was sent and is not known to have, results of calls included. Past that the oldest are dropped,
   * and a browser that missed those is given its roots whole; without a connection, nothing more is rendered from half of
   * that on. 1,048,576.
   */
  maxUnackedBytes: number
  /**
   * Bytes of answers that are kept until they are known to have arrived; of more, the oldest are given up: a browser that
   * missed one in a gap that is too old is told `connection_lost`. 1,048,576.
   */
  maxLoggedBytes: number
  /** Live roots that one session may have mounted; the next is refused (`too_many_roots`). 64. */
  maxRootsPerSession: number
  /** Calls of one session that have no answer yet; the next is refused (`too_many_calls`). 64. */
  maxCallsInFlight: number
  /** Calls and new values of live arguments of one session in a second; more are refused (`calls_too_fast`). 500. */
  maxCallsPerSecond: number
  /** How deep the arguments of a call may be nested (`arguments_too_deep`). 64. */
  maxArgumentDepth: number
  /**
   * Parts that the arguments of a call may have, themselves one (`bad_arguments`): a Map, a Set, a promise, a file, an
   * entry of a FormData and a value of a stream is one each. 1,000.
   */
  maxArgumentParts: number
  /** Streams and FormDatas in the arguments of a call (`bad_arguments`). 64. */
  maxArgumentStreams: number
  /** References in the arguments of a call to parts of them (`bad_arguments`). 2,000. */
  maxArgumentReferences: number
  /** Streams that results of one session's calls have open; a result with more is refused (`too_many_streams`). 64. */
  maxStreams: number
  /**
   * Largest file in the arguments of a call, in bytes; refused at its first bytes (`upload_too_large`). Keep it below
   * 2 GiB: Node reads larger files wrongly as a `Blob`. 16,777,216.
   */
  maxUploadBytes: number
  /** Files of one session on the way, or with a call without an answer; the next is refused (`too_many_uploads`). 16. */
  maxUploads: number
  /** What those files may have together, in bytes; a file that goes past it is refused (`too_many_uploads`). 67,108,864. */
  maxUploadBytesPerSession: number
  /** With no bytes of any file for this long, the session's files that no call has yet are dropped (`upload_lost`). 60,000. */
  uploadTimeoutMs: number
  /** Frames of one root sent and not acknowledged; past that nothing is rendered for it until some are. 32. */
  maxUnackedFrames: number
  /** Bytes that a connection has not taken yet; past that nothing is written until it has. 1,048,576. */
  maxBufferedBytes: number
  /**
   * Characters of state of one shared component that other servers keep for when its server dies; with more, it starts
   * afresh there. 4,194,304.
   */
  maxSharedState: number
  /** How long a connection may stay past `maxBufferedBytes` before it is closed (`slow_reader`). 30,000. */
  slowReaderTimeoutMs: number
  /** How long a new connection may take to say hello (`handshake_timeout`). 10,000. */
  handshakeTimeoutMs: number
  /** How long `authenticate` may take; then the browser is refused, and tries again (`authentication_failed`). 10,000. */
  authenticateTimeoutMs: number
  /** How often the browser makes itself heard; silent for twice as long, it is gone (`heartbeat_timeout`). 25,000. */
  heartbeatMs: number
  /** What a server that closes or is full tells browsers to wait; each draws a time from this to twice as long. 1,000. */
  retryAfterMs: number
}

/** The limits where the application names none. */
export const defaultLimits: Readonly<LiveLimits> = {
  maxMessageBytes: 65_536,
  maxHookBytes: 1_048_576,
  maxIdempotencyKeys: 10_000,
  maxSessions: 50_000,
  sessionGraceMs: 60_000,
  sleepAfterMs: 900_000,
  sessionTtlMs: 604_800_000,
  snapshotDelayMs: 50,
  maxUnackedBytes: 1_048_576,
  maxLoggedBytes: 1_048_576,
  maxRootsPerSession: 64,
  maxCallsInFlight: 64,
  maxCallsPerSecond: 500,
  maxArgumentDepth: 64,
  maxArgumentParts: 1_000,
  maxArgumentStreams: 64,
  maxArgumentReferences: 2_000,
  maxStreams: 64,
  maxUploadBytes: 16_777_216,
  maxUploads: 16,
  maxUploadBytesPerSession: 67_108_864,
  uploadTimeoutMs: 60_000,
  maxUnackedFrames: 32,
  maxBufferedBytes: 1_048_576,
  maxSharedState: 4_194_304,
  slowReaderTimeoutMs: 30_000,
  handshakeTimeoutMs: 10_000,
  authenticateTimeoutMs: 10_000,
  heartbeatMs: 25_000,
  retryAfterMs: 1_000,
}
