import { createElement } from 'react'
import type { LiverootError } from '../errors.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

const there = (value: unknown) => decodeValue(encodeValue(value))

test.each<[unknown]>([
  [0],
  [-0],
  [1.5],
  [Number.NaN],
  [Number.NEGATIVE_INFINITY],
  [2 ** 60],
  ['a "quoted" text\n\u2028</script>'],
  [true],
  [false],
  [null],
  [undefined],
  [12n],
  [new Date(5)],
  [/a+/gi],
  [new URL('http://example.com/?a=1')],
  [new Map<unknown, unknown>([['a', new Set([1, { b: [2] }])]])],
  [new Uint8Array([1, 2, 3])],
  [{ a: [undefined, { b: null }], c: { d: Number.NaN } }],
])('%p comes back', (value) => {
  expect(there(value)).toStrictEqual(value)
})

test('values that refer to each other still do', () => {
  const shared = { n: 1 }
  const cycle: Record<string, unknown> = { a: shared, b: shared }
  cycle.self = cycle
  const back = there(cycle) as typeof cycle
  expect(back.self).toBe(back)
  expect(back.a).toBe(back.b)
})

class Money {
  amount = 1
}
class Rows extends Array {}

test.each<[unknown, string, string]>([
  [() => 1, '', 'a function'],
  [{ items: [{ save() {} }] }, '.items[0].save', 'a function'],
  [{ type: Money }, '.type', 'a class'],
  [[new Money()], '[0]', 'an instance of Money'],
  [{ rows: new Rows() }, '', 'an instance of Rows'],
  [{ later: Promise.resolve(1) }, '.later', 'a promise'],
  [{ shown: createElement('p') }, '.shown', 'a React element'],
  [{ tag: Symbol('x') }, '.tag', 'a symbol'],
  [{ failed: new TypeError('no') }, '.failed', 'an instance of TypeError'],
  [{ [Symbol('x')]: 1 }, '', 'an object with symbols or `__proto__` for keys'],
])('%p is refused', (value, path, what) => {
  let refused: unknown
  try {
    encodeValue(value)
  } catch (error) {
    refused = error
  }
  expect(refused).toMatchObject({ code: 'value_not_serializable', details: { path, what } })
  expect((refused as LiverootError).message).toContain(what)
})
