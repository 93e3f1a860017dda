import '../../../tests/same-dom/production.ts'
import '../../testing/webpack-globals.ts'
import fc from 'fast-check'
import { createFromReadableStream } from 'react-server-dom-webpack/client.browser'
import {
  changed,
  clientReference,
  comparable,
  slotWithHoles,
  template,
} from '../../../tests/live-tree/template-arbitrary.ts'
import { settle } from '../../client/settle.ts'
import { diff } from '../../live/diff.ts'
import { TemplateElement } from '../../live/template.ts'
import type { Batch, Write } from '../../live/writes.ts'
import { defineModule } from '../../testing/webpack-globals.ts'
import { encodeValue } from './encode.ts'
import { batchModel } from './model.ts'
import { writePlain } from './plain-writer.ts'

const modules = {
  'client/part': { id: 17, chunks: ['chunk', 'static/a-file-with-a-long-name.js'], name: '*' },
}
defineModule('slot', { Slot: () => null })
defineModule('17', { Part: () => null })

async function byReact(batch: Batch): Promise<string> {
  const errors: unknown[] = []
  const stream = encodeValue(batchModel(batch), modules, (error) => {
    errors.push(error)
    return undefined
  })
  const text = await new Response(stream).text()
  expect(errors).toEqual([])
  return text
}

async function decoded(payload: string): Promise<unknown> {
  const body = new Response(payload).body as ReadableStream<Uint8Array>
  const content = await createFromReadableStream(body, { callServer: async () => null })
  return comparable(await settle(content))
}

const write = (id: number): fc.Arbitrary<Write> =>
  template.chain((before) => {
    const slot = slotWithHoles(id)
    const whole = { slot, template: before }
    return changed(before).map((after) => {
      const edits = diff(before, after, null)
      return edits === null || edits.length === 0 ? whole : { slot, edits }
    })
  })

const batch: fc.Arbitrary<Batch> = fc.record({
  sequence: fc.constant(1),
  writes: fc.nat(3).chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => write(i + 1)))),
  gone: fc.array(fc.nat(99), { maxLength: 3 }),
})

/** Past this React splits content into rows of its own. */
const splitAt = 3_200

test('what it writes is byte for byte what React’s writer does', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(batch, async (each) => {
      const plain = writePlain(each, modules)
      if (plain === null || plain.length >= splitAt) return
      compared++
      expect(plain).toBe(await byReact(each))
    }),
    { numRuns: 1_500 },
  )
  // A writer that gave up would be equal too.
  expect(compared).toBeGreaterThan(1_000)
})

test('long strings, which are rows of their own, are the same too', async () => {
  const lengths = fc.constantFrom(1_023, 1_024, 1_025, 2_000)
  const one = fc.tuple(fc.constantFrom('a', 'é', '\u{1f600}', '$', '\n'), lengths)
  await fc.assert(
    fc.asyncProperty(one, async ([unit, length]) => {
      const text = unit.repeat(length / unit.length)
      const node = new TemplateElement('p', text.slice(0, 40), { title: text, children: [text] }, null)
      const each: Batch = { sequence: 1, writes: [{ slot: slotWithHoles(1), template: node }], gone: [] }
      expect(writePlain(each, modules)).toBe(await byReact(each))
    }),
  )
})

test('content that React splits comes out as the same tree', async () => {
  const many = fc.array(template, { minLength: 60, maxLength: 120 })
  let split = 0
  await fc.assert(
    fc.asyncProperty(many, async (children) => {
      const node = new TemplateElement('main', null, { children }, null)
      const each: Batch = { sequence: 1, writes: [{ slot: slotWithHoles(1), template: node }], gone: [] }
      const plain = writePlain(each, modules)
      expect(plain).not.toBeNull()
      const real = await byReact(each)
      if (plain !== real) split++
      expect(await decoded(plain as string)).toEqual(await decoded(real))
    }),
    { numRuns: 60 },
  )
  expect(split).toBeGreaterThan(5)
})

test.each([
  ['a Map', new Map()],
  ['a typed array', new Uint8Array(1)],
  ['a promise', Promise.resolve(1)],
  ['an object with toJSON', { toJSON: () => 1 }],
  ['a picture, inside which React writes differently', new TemplateElement('picture', null, {}, null)],
])('%s is left to React’s writer', (_, node) => {
  const each: Batch = { sequence: 1, writes: [{ slot: slotWithHoles(1), template: node }], gone: [] }
  expect(writePlain(each, modules)).toBeNull()
})

test('a client component that is not in the manifest is named', () => {
  const node = new TemplateElement(clientReference, null, {}, null)
  const each: Batch = { sequence: 1, writes: [{ slot: slotWithHoles(1), template: node }], gone: [] }
  expect(() => writePlain(each, {})).toThrow(
    expect.objectContaining({
      code: 'unknown_client_module',
      message: expect.stringContaining('client/part#Part'),
    }),
  )
})

test('a picture of a shared root names its tree, by both writers', async () => {
  const node = new TemplateElement('p', null, { children: ['a'] }, null)
  const writes = [{ slot: slotWithHoles(1), template: node }]
  const each: Batch = { sequence: 1, writes, gone: [], isPicture: true, treeName: 'x-Y_z019' }
  expect(writePlain(each, modules)).toBe(await byReact(each))
  expect(writePlain(each, modules)).toMatch(/^0:\[\[-2,"x-Y_z019"\],\[1,/)
})
