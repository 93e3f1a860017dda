import fc from 'fast-check'
import vectors from '../../fixtures/protocol/messages.json' with { type: 'json' }
import { decodeDown, decodeUp, encode } from './codec.ts'
import { type Body, downTypes, type Message, type MessageType, shapes, upTypes } from './messages.ts'

/** In the vectors, bytes stand as `{ "base64": "..." }`. */
function body(value: string | { base64: string }): Body {
  return typeof value === 'string' ? value : new Uint8Array(Buffer.from(value.base64, 'base64'))
}

const decoders = { up: decodeUp, down: decodeDown }

interface Vector {
  readonly name: string
  readonly direction: 'up' | 'down'
  readonly message: (Record<string, unknown> & { type: MessageType }) | null
  readonly wire: string | { base64: string }
}

const all = vectors as unknown as Vector[]
const valid = all.flatMap((vector) => {
  const { message } = vector
  if (message === null) return []
  const own = 'body' in message ? { body: body(message.body as string) } : {}
  return [{ ...vector, message: { ...message, ...own } as unknown as Message }]
})

test.each(valid)('$direction: $name', ({ direction, message, wire }) => {
  expect(encode(message)).toEqual(body(wire))
  expect(decoders[direction](body(wire))).toEqual(message)
})

test.each(all.filter(({ message }) => message === null))(
  '$direction: $name is refused',
  ({ direction, wire }) => {
    expect(decoders[direction](body(wire))).toBeNull()
  },
)

test('there is a vector for every message', () => {
  expect(new Set(valid.map(({ message }) => message.type))).toEqual(new Set([...upTypes, ...downTypes]))
})

const anyBody = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array())

const anyMessage = fc.constantFrom(...([...upTypes, ...downTypes] as MessageType[])).chain((type) => {
  const { fields, body: has, optional = 0 } = shapes[type] as (typeof shapes)['frame']
  const number = fc.nat(Number.MAX_SAFE_INTEGER)
  return fc
    .record({
      values: fc.array(number, { minLength: fields.length - optional, maxLength: fields.length }),
      body: (has as string) === 'none' ? fc.constant(undefined) : anyBody,
    })
    .map(({ values, body: own }) => ({
      type,
      ...Object.fromEntries(values.map((value, i) => [fields[i], value])),
      ...(own === undefined ? {} : { body: own }),
    }))
})

test('every message comes out of the wire as it went in', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const direction = upTypes.includes(message.type) ? 'up' : 'down'
      expect(decoders[direction](encode(message as Message))).toEqual(message)
    }),
  )
})

test('whatever comes in, decoding gives a message that encodes to the same, or nothing', () => {
  const mutated = anyMessage.chain((message) => {
    const wire = encode(message as Message)
    const text = typeof wire === 'string' ? wire : Buffer.from(wire).toString('latin1')
    return fc
      .tuple(fc.nat(text.length), fc.string())
      .map(([at, junk]) => text.slice(0, at) + junk + text.slice(at + 1))
  })
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string({ unit: 'binary' })), (text) => {
      for (const decode of [decodeUp, decodeDown]) {
        const message = decode(text)
        if (message !== null) expect(encode(message)).toBe(text)
      }
    }),
  )
})
