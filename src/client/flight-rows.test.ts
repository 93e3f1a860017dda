import { FlightRows } from './flight-rows.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Each kind of row that react-server-dom-webpack writes; texts and bytes that look like rows. */
const rows: readonly (readonly [string, string | readonly number[], string?])[] = [
  ['1:I', '["./a.js",["1"],"A"]', '\n'],
  ['2:T11,', '{"é"}\n3:"$L4"\n\n\n'],
  [':H', 'L["/a.css","style"]', '\n'],
  ['6:o4,', [10, 49, 58, 255]],
  ['7:', '["$","p",null,{}]', '\n'],
  ['8:X', '', '\n'],
  ['8:', '{"value":1}', '\n'],
  ['8:C', '', '\n'],
  ['9:b3,', [0, 10, 200]],
  ['2a:T1,', 'x'],
  ['1f:E', '{"digest":"1"}', '\n'],
  ['0:', 'null', '\n'],
]
const bodyOf = (body: string | readonly number[]): Uint8Array =>
  typeof body === 'string' ? bytesOf(body) : Uint8Array.from(body)
const payload = Uint8Array.from(
  rows.flatMap(([head, body, end]) => [...bytesOf(head), ...bodyOf(body), ...bytesOf(end ?? '')]),
)
const expected = rows.map(([head, body]) => {
  const [, id, tag] = /^([0-9a-f]*):([A-Zob]?)/.exec(head) as RegExpExecArray
  return {
    id: Number.parseInt(id || '0', 16),
    tag: tag === '' ? 0 : tag?.charCodeAt(0),
    body: [...bodyOf(body)],
  }
})

test.each([1, 2, 3, 7, 1000])('the rows of a payload are found in chunks of %d bytes', (size) => {
  const reader = new FlightRows()
  const found: unknown[] = []
  for (let at = 0; at < payload.length; at += size) {
    reader.read(payload.subarray(at, at + size), ({ id, tag, body }) =>
      found.push({ id, tag, body: [...body] }),
    )
  }
  expect(found).toEqual(expected)
})

test('a row that has not ended is none yet', () => {
  const reader = new FlightRows()
  const found = jest.fn()
  reader.read(bytesOf('1:T5,abcd'), found)
  reader.read(bytesOf(''), found)
  expect(found).not.toHaveBeenCalled()
  reader.read(bytesOf('e2:{'), found)
  expect(found).toHaveBeenCalledTimes(1)
})
