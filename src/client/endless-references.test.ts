import '../testing/webpack-globals.ts'
import { EndlessReferences } from './endless-references.ts'
import { decodePayload, PayloadStream, wholePayload } from './flight.ts'
import { FlightRows } from './flight-rows.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function read(...chunks: readonly string[]): void {
  const rows = new FlightRows()
  const endless = new EndlessReferences()
  for (const chunk of chunks) rows.read(bytesOf(chunk), (row) => endless.add(row))
}

describe('rows that lead back to themselves are refused', () => {
  test.each([
    ['1:"$L1"\n', 'one that is itself'],
    ['1: "\\u0024L1"\n', 'spelt another way'],
    ['1:Y"$L1"\n', 'with a tag that nobody knows'],
    ['1:"$L2"\n2:"$L3"\n3:"$1"\n', 'three in a circle'],
    ['1:["$L2"]\n2:"$1:0"\n', 'by a path'],
    ['2:"$1:a:0"\n1:{"a":["$L2"]}\n', 'by a path into what comes later'],
    ['2:"$1:props:children"\n1:["$","div",null,{"children":"$L2"}]\n', 'by a path through an element'],
    ['1:["$L3"]\n2:"$1:0:b"\n3:{"b":"$L2"}\n', 'by a path through another row'],
    ['1:T5,aaaaa2:"$L2"\n', 'behind a text'],
    ['2:"$L1"\n1:"$2:a:b"\n', 'with a path into itself'],
  ])('%j: %s', async (payload) => {
    expect(() => read(payload)).toThrow(RangeError)
    expect(() => read(...payload)).toThrow(RangeError)
    await expect(decodePayload(wholePayload(payload))).rejects.toMatchObject({ code: 'bad_payload' })
  })

  test('and those that lead on and on, so that nobody could tell', () => {
    const row = (i: number) => `${i.toString(16)}:"$L${(i + 1).toString(16)}"\n`
    const chain = (length: number) => Array.from({ length }, (_, i) => row(i))
    expect(() => read(...chain(2000).reverse())).toThrow(RangeError)
    expect(() => read(...chain(200).reverse())).not.toThrow()
    expect(() => read(...chain(20_000))).not.toThrow()
    expect(() => read(...chain(20_000), `${(20_000).toString(16)}:"$0"\n`)).toThrow(RangeError)
  })

  test('but not those of a stream that lives long', () => {
    const rows = new FlightRows()
    const endless = new EndlessReferences()
    for (let i = 1; i < 100_000; i++) {
      const text = `${(2 * i).toString(16)}:"$${(2 * i + 1).toString(16)}${':a'.repeat(20)}"\n${(2 * i + 1).toString(16)}:{}\n`
      rows.read(bytesOf(text), (row) => endless.add(row))
    }
  })

  test('while they arrive, when React has read what was before', async () => {
    const payload = new PayloadStream()
    payload.push('0:["$@1","$L1"]\n1:"$L')
    const [early] = await decodePayload<[Promise<unknown>]>(payload)
    payload.push('1"\n')
    payload.push('2:"nobody reads on"\n')
    payload.end()
    await expect(early).rejects.toMatchObject({ code: 'bad_payload' })
  })

  test('a row that says that it has less than no bytes, too', async () => {
    const decoded = decodePayload(wholePayload('0:"$1"\n1:Tffffffff,aaaa'))
    await expect(decoded).rejects.toMatchObject({ code: 'bad_payload' })
  })
})

describe('what ends is read', () => {
  test.each<[string, unknown]>([
    ['0:"$1"\n1:"$2:a"\n2:{"a":[5]}\n', [5]],
    ['0:["$$L0","$undefined","$"]\n', ['$L0', undefined, Symbol.for('react.transitional.element')]],
    ['0:"$1:own"\n1:{"own":{"back":"$1"}}\n', expect.objectContaining({ back: expect.anything() })],
    ['0:["$1","$1:0"]\n1:[{}]\n', [[{}], {}]],
    ['1:T9,\n2:"$L2"\n0:["$1"]\n', ['\n2:"$L2"\n']],
    ['0:"a \\"$L0\\""\n', 'a "$L0"'],
  ])('%j', async (payload, value) => {
    expect(await decodePayload(wholePayload(payload))).toEqual(value)
  })

  test('the first row of an id counts, as for React', async () => {
    expect(() => read('1:5\n1:"$L1"\n')).not.toThrow()
    expect(() => read('1:"$L2"\n2:7\n2:"$L1"\n')).not.toThrow()
  })
})
