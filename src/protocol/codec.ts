import {
  type Body,
  type DownMessage,
  downTypes,
  type Message,
  type MessageType,
  shapes,
  type UpMessage,
  upTypes,
} from './messages.ts'

interface Shape {
  readonly letter: string
  readonly fields: readonly string[]
  readonly optional?: number
  readonly body: 'none' | 'optional' | 'required'
}

const lineFeed = 10
const largestNumber = Number.MAX_SAFE_INTEGER

/** One WebSocket message: text, or bytes when the body is. */
export function encode(message: Message): Body {
  const shape: Shape = shapes[message.type]
  let head = shape.letter
  let comma = ''
  for (const field of shape.fields) {
    const value = (message as unknown as Record<string, number | undefined>)[field]
    if (value === undefined) break
    head += comma + value
    comma = ','
  }
  const { body } = message as { body?: Body }
  if (body === undefined) return head
  return typeof body === 'string' ? `${head}\n${body}` : withBytes(head, body)
}

function withBytes(head: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(head.length + 1 + body.length)
  for (let i = 0; i < head.length; i++) out[i] = head.charCodeAt(i)
  out[head.length] = lineFeed
  out.set(body, head.length + 1)
  return out
}

/** Reads a message from the browser; null when it is not one. */
export function decodeUp(data: Body): UpMessage | null {
  return decode(data, upByLetter) as UpMessage | null
}

/** Reads a message from the server; null when it is not one. */
export function decodeDown(data: Body): DownMessage | null {
  return decode(data, downByLetter) as DownMessage | null
}

const upByLetter = byLetter(upTypes)
const downByLetter = byLetter(downTypes)

function byLetter(types: readonly MessageType[]): ReadonlyMap<string, MessageType> {
  return new Map(types.map((type) => [shapes[type].letter, type]))
}

function decode(data: Body, types: ReadonlyMap<string, MessageType>): Message | null {
  const { head, body } = split(data)
  const type = types.get(head[0] ?? '')
  if (type === undefined) return null
  const shape: Shape = shapes[type]
  if (shape.body === 'required' ? body === undefined : shape.body === 'none' && body !== undefined)
    return null
  const message: Record<string, unknown> = { type }
  if (!readFields(head, shape, message)) return null
  if (body !== undefined) message.body = body
  return message as unknown as Message
}

/** Only as many characters of the head are looked at as a head can have. */
const longestHead = 96

function split(data: Body): { head: string; body: Body | undefined } {
  if (typeof data === 'string') {
    const end = data.slice(0, longestHead).indexOf('\n')
    return end < 0
      ? { head: data.slice(0, longestHead), body: undefined }
      : { head: data.slice(0, end), body: data.slice(end + 1) }
  }
  const end = data.subarray(0, longestHead).indexOf(lineFeed)
  const head = String.fromCharCode(...data.subarray(0, end < 0 ? longestHead : end))
  return { head, body: end < 0 ? undefined : data.subarray(end + 1) }
}

/** Digit by digit: every message comes by here, and texts for its parts would cost most of its decoding. */
function readFields(
  head: string,
  { fields, optional = 0 }: Shape,
  message: Record<string, unknown>,
): boolean {
  if (head.length === 1) return fields.length === optional
  let count = 0
  for (let at = 1; at <= head.length; at++) {
    const start = at
    let value = 0
    for (; at < head.length && head.charCodeAt(at) !== comma; at++) {
      const digit = head.charCodeAt(at) - zero
      if (digit < 0 || digit > 9 || (value === 0 && at > start)) return false
      value = value * 10 + digit
    }
    if (at === start || value > largestNumber || count === fields.length) return false
    message[fields[count++] as string] = value
  }
  return count >= fields.length - optional
}

const comma = 44
const zero = 48
