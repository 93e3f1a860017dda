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
  const values = head.length === 1 ? [] : head.slice(1).split(',')
  if (values.length > shape.fields.length || values.length < shape.fields.length - (shape.optional ?? 0))
    return null
  const message: Record<string, unknown> = { type }
  for (let i = 0; i < values.length; i++) {
    const value = wholeNumber(values[i] as string)
    if (value === null) return null
    message[shape.fields[i] as string] = value
  }
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

function wholeNumber(text: string): number | null {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) return null
  const value = Number(text)
  return value <= largestNumber ? value : null
}
