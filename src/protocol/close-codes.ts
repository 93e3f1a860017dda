/**
 * Why a side closes the connection, as WebSocket close codes of the application's range (RFC 6455, section 7.4.2).
 * The reason that travels beside the number is the error code's name.
 */
export const closeCodes = {
  /** The client is done; no reconnecting. */
  normal: 1000,
  bad_frame: 4400,
  frame_too_large: 1009,
  unauthorized: 4401,
  revoked: 4403,
  wrong_protocol: 4406,
  handshake_timeout: 4408,
  slow_reader: 4413,
  heartbeat_timeout: 4420,
  session_taken: 4409,
  server_closing: 1012,
  too_many_sessions: 1013,
  store_unreachable: 4421,
  authentication_failed: 1011,
  wrong_user: 4410,
  outdated_hello: 4411,
} as const

export type CloseReason = keyof typeof closeCodes

/** After these, trying again by itself would end the same way: the client stays closed and says so. */
export const finalCloseCodes: ReadonlySet<number> = new Set([
  closeCodes.normal,
  closeCodes.unauthorized,
  closeCodes.revoked,
  closeCodes.wrong_protocol,
  closeCodes.session_taken,
])

const reasons = new Map<number, CloseReason>(
  Object.entries(closeCodes).map(([reason, code]) => [code, reason as CloseReason]),
)

/** What a close code says; undefined where it is none of these. */
export function closeReason(code: number): CloseReason | undefined {
  return reasons.get(code)
}
