import { createHash } from 'node:crypto'

/** Longer segments are hashed, so that no name is longer than an engine takes. */
const longestSegment = 20

/**
 * Writes a topic or pattern as a subject, in which segments are parted by dots, as NATS and RabbitMQ have them.
 *
 * @param rest what `**` is there: `>` of NATS, `*.#` of RabbitMQ.
 */
export function subjectOf(pattern: string, rest: string): string {
  return pattern
    .split(':')
    .map((segment) => (segment === '**' ? rest : tokenOf(segment)))
    .join('.')
}

function tokenOf(segment: string): string {
  if (segment === '*') return '*'
  const token = segment.replace(/[^A-Za-z0-9_-]/gu, (each) => `=${Buffer.from(each).toString('hex')}`)
  if (token === '') return '='
  if (token.length <= longestSegment) return token
  return `=${createHash('sha256').update(segment).digest('base64url').slice(0, 18)}`
}

/** Subjects hide the topic, so it goes in front of the body. */
export function withTopic(topic: string, body: string): string {
  return `${encodeURIComponent(topic)} ${body}`
}

/** Takes apart what {@link withTopic} wrote. */
export function readTopic(text: string): { topic: string; body: string } {
  const space = text.indexOf(' ')
  try {
    return { topic: decodeURIComponent(text.slice(0, space)), body: text.slice(space + 1) }
  } catch {
    return { topic: '', body: text }
  }
}
