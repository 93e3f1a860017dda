import { LiverootError } from '../errors.ts'

/** The longest topic, in bytes of UTF-8, and the most segments that it may have. Every engine carries these. */
export const longestTopic = 255
export const mostSegments = 12

/**
 * Refuses what cannot be published to.
 *
 * @throws `bad_topic` for the empty text, wildcards, broken UTF-16, and what is longer than {@link longestTopic}.
 */
export function checkTopic(topic: string): void {
  checkPattern(topic)
  if (isWildcard(topic)) throw badTopic(topic, 'has a wildcard: publish to a single topic')
}

/** As {@link checkTopic}, but wildcards may stand in it. */
export function checkPattern(pattern: string): void {
  if (typeof pattern !== 'string' || pattern === '') throw badTopic(String(pattern), 'is empty or no text')
  if (Buffer.byteLength(pattern) > longestTopic)
    throw badTopic(pattern, `is longer than ${longestTopic} bytes`)
  if (/\p{Surrogate}/u.test(pattern)) throw badTopic(pattern, 'is no valid Unicode')
  const segments = pattern.split(':')
  if (segments.length > mostSegments) throw badTopic(pattern, `has more than ${mostSegments} segments`)
  if (segments.slice(0, -1).includes('**')) throw badTopic(pattern, 'has `**` before its end')
}

function badTopic(topic: string, why: string): LiverootError {
  return new LiverootError('bad_topic', `Topic "${topic.slice(0, 80)}" ${why}.`)
}

/** True when a segment of the pattern is `*` or `**`. */
export function isWildcard(pattern: string): boolean {
  return pattern.includes('*') && pattern.split(':').some((segment) => segment === '*' || segment === '**')
}

/**
 * Whether a pattern matches a topic; or matches all that another pattern does. `*` is one segment, `**` at the end one
 * or more. A wildcard at the beginning matches no topic that begins with `$`: those are Liveroot's own.
 */
export function matchesTopic(pattern: string, topic: string): boolean {
  if (pattern === topic) return true
  if (topic.startsWith('$') && pattern.startsWith('*')) return false
  const wanted = pattern.split(':')
  const given = topic.split(':')
  const open = wanted.at(-1) === '**'
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false
  if (!open && given.at(-1) === '**') return false
  return wanted.every(
    (segment, i) => segment === '*' || segment === given[i] || (open && i === wanted.length - 1),
  )
}
