/** Every code that Liveroot answers with or throws: what it means, and whether trying again can help. */
export const errorCodes = {
  // Refused at the connection
  bad_frame: { meaning: 'A message from the browser did not follow the protocol.', retry: false },
  frame_too_large: { meaning: 'A message was larger than `maxMessageBytes`.', retry: false },
  wrong_protocol: {
    meaning: 'The browser asked for a version of the protocol that this server does not speak.',
    retry: false,
  },
  handshake_timeout: { meaning: 'The connection sent no hello within `handshakeTimeoutMs`.', retry: true },
  too_many_roots: { meaning: 'The session has `maxRootsPerSession` live roots already.', retry: false },
  too_many_calls: {
    meaning: 'The session has `maxCallsInFlight` calls without an answer already.',
    retry: true,
  },
  slow_reader: {
    meaning: 'The browser left more than `maxBufferedBytes` unread for `slowReaderTimeoutMs`.',
    retry: true,
  },
  server_closing: { meaning: 'The server is shutting down.', retry: true },
  heartbeat_timeout: {
    meaning: 'The other side was silent for longer than the heartbeat allows.',
    retry: true,
  },
  too_many_sessions: { meaning: 'The server has `maxSessions` sessions already.', retry: true },
  unauthorized: { meaning: '`authenticate` does not let this browser in.', retry: false },
  authentication_failed: {
    meaning: '`authenticate` threw, or took longer than `authenticateTimeoutMs`.',
    retry: true,
  },
  stale_token: {
    meaning:
      'The token was used before, by another page, or has expired: a copy of it. A new session begins.',
    retry: true,
  },
  outdated_hello: {
    meaning: 'A hello was delayed on its way: its browser has said a later one with the same token.',
    retry: true,
  },
  wrong_user: { meaning: 'The session belongs to another user than the one who connects.', retry: true },
  revoked: { meaning: 'The session was ended by `disconnect` of the live server.', retry: false },
  // Refused at a root
  forbidden: { meaning: 'The guard of the route does not let this session in.', retry: false },
  unknown_route: { meaning: 'No route of this server matches.', retry: false },
  bad_params: { meaning: 'A parameter of the route was refused by its parser.', retry: false },
  unknown_root: { meaning: 'The message names a root that this session does not have.', retry: false },
  root_failed: {
    meaning: 'A component threw and no error boundary of the live tree caught it.',
    retry: true,
  },
  boundary_caught: {
    meaning: 'A component threw, and an error boundary of the live tree caught it.',
    retry: true,
  },
  listener_failed: { meaning: 'A subscriber of a topic threw.', retry: true },
  // Refused at a call
  not_on_screen: { meaning: 'The function called is not on the caller’s screen.', retry: false },
  bad_arguments: { meaning: 'The arguments of a call could not be decoded.', retry: false },
  handler_failed: { meaning: 'The function called threw.', retry: true },
  result_not_serializable: {
    meaning: 'What the function returned cannot travel to the browser.',
    retry: false,
  },
  invalid_arguments: {
    meaning: 'The arguments of a call do not fit the schema of the function.',
    retry: false,
  },
  arguments_too_deep: {
    meaning: 'The arguments of a call are nested deeper than `maxArgumentDepth`, or refer to themselves.',
    retry: false,
  },
  arguments_too_large: {
    meaning:
      'The arguments of a call are larger than `maxMessageBytes`, and were not sent. What is large travels as a file.',
    retry: false,
  },
  calls_too_fast: { meaning: 'The session made more than `maxCallsPerSecond` calls.', retry: true },
  unknown_function: {
    meaning: 'No client component on the caller’s screen imports the server function called.',
    retry: false,
  },
  user_error: {
    meaning: 'The function called threw a `UserError`: its message is meant for the user.',
    retry: false,
  },
  too_many_streams: { meaning: 'The session has `maxStreams` streams open already.', retry: true },
  upload_too_large: { meaning: 'A file is larger than `maxUploadBytes`.', retry: false },
  too_many_uploads: { meaning: 'The session has `maxUploads` files on the way already.', retry: true },
  upload_lost: { meaning: 'A call names a file that did not arrive, or not whole.', retry: true },
  bad_payload: { meaning: 'What the server sent could not be decoded.', retry: true },
  not_forwarded: {
    meaning:
      'The call belongs to another server, where its files, live arguments or functions, or its result, cannot go.',
    retry: false,
  },
  connection_lost: { meaning: 'The connection ended before the answer came.', retry: true },
  too_many_offline_calls: {
    meaning: 'While the connection is away, `maxOfflineCalls` calls wait for it already.',
    retry: true,
  },
  // Refused at an HTTP hook
  bad_json: { meaning: 'The body of the request is not the JSON that it says it is.', retry: false },
  body_too_large: { meaning: 'The body of the request is larger than `maxHookBytes`.', retry: false },
  hook_failed: { meaning: 'The handler of the hook threw.', retry: true },
  bad_signature: {
    meaning: 'The request is not signed, or not with the secret that the hook knows.',
    retry: false,
  },
  stale_signature: {
    meaning: 'The request was signed longer ago than `toleranceMs`, or in the future.',
    retry: false,
  },
  delivery_in_progress: {
    meaning: 'A request with the same idempotency key is being handled.',
    retry: true,
  },
  // Met by a source
  bad_delivery: { meaning: 'The body of a message could not be taken.', retry: false },
  delivery_failed: { meaning: 'The handler of a source threw.', retry: true },
  source_lost: {
    meaning: 'The engine of a source went away, or does not answer; it is tried again with backoff.',
    retry: true,
  },
  schedule_failed: { meaning: 'The handler of a schedule threw.', retry: true },
  locks_failed: {
    meaning: 'It could not be found out which server runs a tick of a schedule: it was not run here.',
    retry: true,
  },
  // Thrown at the author of a component, with the component and the prop in the message
  ref_on_host: {
    meaning: 'A `ref` was set on an element whose DOM node lives in the browser.',
    retry: false,
  },
  function_in_data: { meaning: 'A function stands where only data can travel.', retry: false },
  class_instance: { meaning: 'A class instance stands where only data can travel.', retry: false },
  not_a_child: { meaning: 'An object that is not a React node stands as a child.', retry: false },
  unsupported_type: { meaning: 'An element has a type that a live tree cannot render.', retry: false },
  too_deep: {
    meaning: 'The output of a component is nested deeper than `maxDepth`, or refers to itself.',
    retry: false,
  },
  // Said by session stores
  session_taken: {
    meaning: 'Another page goes on with the session, as a copied tab does, or another server has claimed it.',
    retry: false,
  },
  store_in_use: { meaning: 'Another process uses the file of the session store.', retry: true },
  store_of_other_format: {
    meaning:
      'The file of the session store is something else, or of another version of Liveroot. It was not touched.',
    retry: false,
  },
  session_too_large: { meaning: 'The session is larger than its store can take.', retry: false },
  store_unreachable: { meaning: 'The session store does not answer. The browser tries again.', retry: true },
  snapshot_failed: { meaning: 'The store could not save a session. It is tried again.', retry: true },
  call_interrupted: {
    meaning:
      'The server was lost while the call ran. Nobody knows how much of it was done; it is not run again.',
    retry: false,
  },
  restore_failed: {
    meaning: 'A component threw when it was mounted with stored state; it started afresh.',
    retry: false,
  },
  no_presence_key: {
    meaning: '`usePresence` was called in a shared component, which nobody is by itself, without a `key`.',
    retry: false,
  },
  // Met at the bus that carries topics
  bad_topic: { meaning: 'A topic is empty, too long, or has a wildcard where none can stand.', retry: false },
  publish_failed: { meaning: 'A message could not be published to its topic.', retry: true },
  message_too_large: { meaning: 'A message is larger than the engine of the bus takes.', retry: false },
  bus_buffer_full: {
    meaning: 'The engine of the bus is away, and `maxBufferedMessages` or `maxBufferedBytes` wait for it.',
    retry: true,
  },
  bus_closed: { meaning: 'The bus is closed.', retry: false },
  bus_failed: {
    meaning: 'The engine of the bus was lost, or cannot be reached. It is tried again.',
    retry: true,
  },
  bad_message: { meaning: 'A message of a topic is not one that Liveroot writes.', retry: false },
  // Thrown at the author of the application
  missing_peer: { meaning: 'The package of a broker’s client is not installed.', retry: false },
  value_not_serializable: {
    meaning:
      'A value that has to leave the process holds what cannot: a function, a class instance, a promise.',
    retry: false,
  },
  bad_schedule: {
    meaning: 'A schedule’s pattern, time zone or interval is malformed, or two have the same name.',
    retry: false,
  },
  bad_route: { meaning: 'A route’s pattern is malformed, or declared twice.', retry: false },
  bad_params_given: {
    meaning: '`LiveRoot` was not given the parameters that its route names.',
    retry: false,
  },
  shared_prop: {
    meaning: 'A shared component is given a prop that cannot be the same for all its viewers.',
    retry: false,
  },
  no_caller: { meaning: '`caller` was called while no call of a browser was running.', retry: false },
  bad_handler_options: { meaning: '`on` was given options that mean nothing.', retry: false },
  outside_call: {
    meaning: '`callId` was asked for outside a call, or after its first `await`.',
    retry: false,
  },
  outside_live_tree: { meaning: 'A Liveroot hook was called outside a live component.', retry: false },
  user_without_id: { meaning: '`authenticate` returned a user that nothing identifies.', retry: false },
  start_failed: { meaning: 'A part of the live server could not be started.', retry: true },
  stop_failed: {
    meaning: 'A part of the live server could not be stopped in order, or in time.',
    retry: false,
  },
  unknown_client_module: { meaning: 'A client component is missing from the client manifest.', retry: false },
} as const

/** What a {@link LiverootError} says in `code`: the keys of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/**
 * The error class of Liveroot. `code` is one of {@link errorCodes}; `digest` names the error in the server's log when
 * its message must not leave the server.
 */
export class LiverootError extends Error {
  override readonly name: string = 'LiverootError'
  readonly digest: string | undefined
  /** What more there is to know, as plain data: the issues of `invalid_arguments`, what a `UserError` was given. */
  readonly details: unknown

  constructor(
    readonly code: ErrorCode,
    message: string = errorCodes[code].meaning,
    options: { cause?: unknown; digest?: string; details?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.digest = options.digest
    this.details = options.details
  }

  /** Whether doing the same again can succeed. */
  get retry(): boolean {
    return errorCodes[this.code].retry
  }
}

/**
 * An error whose message is meant for the user. Thrown by a server function, a handler or a component, it arrives in
 * the browser with its message and its details, also in production; it is no fault of the program, and not logged.
 */
export class UserError extends LiverootError {
  override readonly name = 'UserError'

  /**
   * @param message what the user reads.
   * @param details anything that JSON carries, for the component that shows the error.
   */
  constructor(message: string, details?: unknown) {
    super('user_error', message, { details })
  }
}
