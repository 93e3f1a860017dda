import { LiverootError } from '../errors.ts'

declare const carried: unique symbol

/** A topic that knows the type of its messages; made by {@link topic}. */
export interface Topic<T> {
  /** The text that names it: what a plain string would be. */
  readonly name: string
  /** Never there: it holds the type. */
  readonly [carried]?: T
}

/** A topic whose name has parameters, in braces; made by {@link topic}. */
export interface TopicFamily<T, Param extends string = string> extends Topic<T> {
  /**
   * The topic with its parameters filled in. What could be taken for more segments, or for a wildcard, is escaped.
   *
   * @throws `bad_topic` when one is missing or empty.
   */
  with(params: Readonly<Record<Param, string | number>>): Topic<T>
  /** The pattern that matches all of them, to listen to. */
  readonly any: Topic<T>
  /** The parameters that a name has, as texts; null when the name is none of this family. */
  params(name: string): Record<Param, string> | null
}

const parameter = /\{([A-Za-z_]\w*)\}/g

/**
 * Names a topic and the type of its messages: `topic<Order>('orders')`, or a family of them:
 * `topic<Message>('room:{id}')`, of which `room.with({ id: 42 })` is one and `room.any` stands for all.
 *
 * @param name segments parted by colons. A parameter is a segment of its own.
 * @returns what `useTopic`, `publish` and `usePresence` take in the place of a text.
 * @throws `bad_topic` when a parameter is not a whole segment or stands there twice.
 */
export function topic<T, Param extends string = string>(name: string): TopicFamily<T, Param> {
  const segments = name.split(':')
  const names = [...name.matchAll(parameter)].map((match) => match[1] as string)
  const whole = segments.filter((segment) => segment.match(parameter)?.[0] === segment).length
  if (whole !== names.length || new Set(names).size !== names.length) {
    throw new LiverootError(
      'bad_topic',
      `In topic "${name}" every parameter must be a segment, and another one.`,
    )
  }
  return {
    name,
    with: (params) => ({
      name: name.replace(parameter, (_, key: Param) => escapeParam(name, key, params[key])),
    }),
    any: { name: name.replace(parameter, '*') },
    params(given) {
      const texts = given.split(':')
      if (texts.length !== segments.length) return null
      const found: Record<string, string> = {}
      for (const [i, segment] of segments.entries()) {
        const text = texts[i] as string
        if (segment.startsWith('{')) found[segment.slice(1, -1)] = decodeURIComponent(text)
        else if (segment !== text) return null
      }
      return found
    },
  }
}

/** The text that names a topic. */
export function nameOf(topic: Topic<unknown> | string): string {
  if (typeof topic === 'string') return topic
  if ('any' in topic && topic.name.search(parameter) >= 0) {
    throw new LiverootError('bad_topic', `Topic "${topic.name}" has parameters: use its \`with\` or \`any\`.`)
  }
  return topic.name
}

function escapeParam(name: string, key: string, value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value)
  if (text === '') throw new LiverootError('bad_topic', `Parameter "${key}" of topic "${name}" is missing.`)
  return text.replace(/[%:*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
}
