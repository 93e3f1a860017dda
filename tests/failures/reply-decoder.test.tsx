import { route } from 'liveroot/server'
import { Arena, repeat, reply } from './arena.ts'

// One case for each published advisory on the decoder of React's reply format. They hold whatever decoder is installed:
// what is refused before it, and what it refuses itself, come back as the same codes.

const ran: unknown[][] = []
const secret = 'what only the source says'

function App() {
  const hidden = () => void ran.push([secret])
  return (
    <main onClick={(...args) => void ran.push(args)}>
      <b onClick={((value: unknown) => `${value} ${JSON.stringify({ value: [value] })}`) as never} />
      <i onClick={hidden} />
    </main>
  )
}

let arena: Arena

beforeEach(async () => {
  ran.length = 0
  arena = await Arena.open({ routes: [route('/app', App)] })
})

afterEach(() => arena.end('0.onClick'))

const refusal = (args: string) => arena.refusal(`0.onClick\n${args}`)

describe('CVE-2025-55182 (GHSA-fv66-9v8q-g76r): properties that are not an object’s own lead to code', () => {
  test.each<[string, string]>([
    ['the constructor of an object', reply({ 0: ['$1:constructor'], 1: {} })],
    ['the constructor of the constructor', reply({ 0: ['$1:constructor:constructor'], 1: {} })],
    ['the prototype', reply({ 0: ['$1:__proto__'], 1: {} })],
    ['a method of the prototype', reply({ 0: ['$1:__proto__:then'], 1: '$@0' })],
    ['the `then` of a promise', reply({ 0: ['$1:then'], 1: '$@2', 2: 1 })],
    ['the inner state of a promise', reply({ 0: ['$1:status'], 1: '$@2', 2: 1 })],
    ['a method of an array', reply({ 0: ['$1:push'], 1: [] })],
    ['a method of a FormData', reply({ 0: ['$1:get'], 1: '$K2' })],
    ['a method of a Map', reply({ 0: ['$1:get'], 1: '$Q2', 2: [] })],
    ['a method of a stream', reply({ 0: ['$1:getReader'], 1: '$R2' })],
    ['the exports of a module, own or not', reply({ 0: ['$h1'], 1: { id: 'child_process#constructor' } })],
    ['a module named by the prototype', reply({ 0: ['$h1'], 1: { id: '__proto__#constructor' } })],
  ])('%s', async (_, args) => {
    expect(await refusal(args)).toBe('bad_arguments')
    expect(ran).toEqual([])
  })

  test('an object that poses as a piece of the decoder is data', async () => {
    const fields = { status: 'resolved_model', reason: -1, value: '{"a":"$B9"}', _response: { _prefix: 'x' } }
    expect(await refusal(JSON.stringify([fields]))).toBeNull()
    expect(await refusal(reply({ 0: ['$1'], 1: { ...fields, _formData: { get: '$1' } } }))).toBe(
      'arguments_too_deep',
    )
    expect(ran).toEqual([[fields]])
  })

  test('and none that has a function for its `then`', async () => {
    const posing = '{"then":"$1:constructor","status":"resolved_model","value":"{}","_response":{}}'
    expect(await refusal(JSON.stringify({ 0: '["$1"]', 1: posing }))).toBe('bad_arguments')
  })
})

describe('CVE-2025-55183: a function of the server turned into text shows its source', () => {
  test.each<[string, string]>([
    ['of the page', '[{"@function":[1,1,1,"0.1.onClick"]}]'],
    ['with bound arguments', '[{"@function":[1,1,1,"0.1.onClick",[1,2]]}]'],
    ['in an array', '[[{"@function":[1,1,1,"0.1.onClick"]}]]'],
    ['in a Map', reply({ 0: ['$Q1'], 1: [['f', { '@function': [1, 1, 1, '0.1.onClick'] }]] })],
  ])('one %s does not', async (_, args) => {
    const answer = await arena.answer(`0.0.onClick\n${args}`)
    expect(answer[0]).toBe('r')
    expect(answer).not.toMatch(/ran|push|secret|=>/)
    expect(answer).not.toContain(secret)
  })

  test('a reference of React’s own is none', async () => {
    const args = reply({ 0: ['$h1'], 1: { id: '1.1.0.1.onClick', bound: null } })
    expect(await arena.refusal(`0.0.onClick\n${args}`)).toBe('bad_arguments')
  })
})

describe.each(['CVE-2025-55184', 'CVE-2025-67779'])('%s: promises in a circle never end', () => {
  test.each<[string, string]>([
    ['the root is itself', reply({ 0: '$@0' })],
    ['the root is a promise of the root', reply({ 0: '$@1', 1: '$@0' })],
    ['five in a ring', reply({ 0: '$@1', 1: '$@2', 2: '$@3', 3: '$@4', 4: '$@1' })],
    ['a long way, then a ring', reply({ 0: '$@1', ...Object.fromEntries(repeat(900, link)), 901: '$@1' })],
  ])('%s', async (_, args) => {
    expect(await refusal(args)).toBe('bad_arguments')
    expect(ran).toEqual([])
  })

  test.each<[string, string]>([
    ['in an argument', reply({ 0: ['$@1'], 1: '$@1' })],
    ['between arguments', reply({ 0: ['$@1', '$@2'], 1: '$@2', 2: '$@1' })],
    ['with an object between', reply({ 0: ['$@1'], 1: { next: '$@2' }, 2: { next: '$@1' } })],
  ])('%s: it arrives, and whoever awaits it is told', async (_, args) => {
    expect(await refusal(args)).toBeNull()
    for (const each of ran[0] ?? []) await Promise.resolve(each).catch(() => {})
  })
})

function link(i: number): [number, string] {
  return [i + 1, `$@${(i + 2).toString(16)}`]
}

// What is decoded here costs processor time or memory far beyond the size of its text.
describe.each<[string, [string, string][]]>([
  [
    'CVE-2026-23864 (GHSA-83fc-fqcc-2hmg): memory and processor time by what grows in decoding',
    [
      ['arrays of arrays by reference', reply({ 0: ['$1', 0], ...doubling(30, (next) => [next, next]) })],
      ['a number of 60,000 digits', `["$n${'9'.repeat(60_000)}"]`],
      [
        'numbers of 300 digits by reference',
        reply({ 0: [repeat(1_900, () => '$1')], 1: [`$n${'9'.repeat(300)}`, 1] }),
      ],
      ['a long text by reference', reply({ 0: [repeat(1_900, () => '$1:0')], 1: ['x'.repeat(30_000), 1] })],
      [
        'bound arguments by the thousand',
        reply({ 0: ['$h1'], 1: { id: 'a#b', bound: '$@2' }, 2: repeat(5_000, () => 1) }),
      ],
      ['FormDatas of the same entries', reply({ 0: repeat(70, () => '$K1'), ...entries(500) })],
    ],
  ],
  [
    'CVE-2026-23869: a circle is consumed again and again',
    [
      ['one Map in many places', reply({ 0: repeat(500, () => '$Q1'), 1: [[1, 2]] })],
      ['one Set in many places', reply({ 0: repeat(500, () => '$W1'), 1: repeat(1_000, (i) => i) })],
      ['one iterator in many places', reply({ 0: repeat(500, () => '$i1'), 1: [1] })],
      [
        'a Map that holds its own pairs',
        reply({ 0: ['$Q1'], 1: [['a', '$Q1'], ...repeat(500, () => '$1')] }),
      ],
      ['a Set of itself', reply({ 0: ['$W1'], 1: repeat(500, () => '$W1') })],
    ],
  ],
  [
    'CVE-2026-23870: types that are none, and references that cost as they are followed',
    [
      ['a Map of a text', reply({ 0: ['$Q1'], 1: 'pairs' })],
      ['a Set of a Map', reply({ 0: ['$W1'], 1: '$Q2', 2: [] })],
      ['an iterator of an object', reply({ 0: ['$i1'], 1: { length: 1e9 } })],
      ['a long path', `["$0${':0'.repeat(30_000)}"]`],
      ['a file as bytes as a Map', reply({ 0: ['$Q1', '$B1', '$o1'], 1: 1 })],
      ['thousands of references to what is not ready', reply({ 0: [repeat(5_000, () => '$0')] })],
      ['a ring of blocked parts', reply({ 0: ['$1:a:b'], 1: { a: '$2:a' }, 2: { a: '$1:a' } })],
    ],
  ],
  [
    'CVE-2026-44907 (GHSA-wx67-qw84-cm4g): decoding slower than its text is long',
    [
      ['thousands of parts', reply({ 0: [], ...Object.fromEntries(repeat(4_000, (i) => [i + 1, 1])) })],
      ['thousands of entries of a FormData', reply({ 0: ['$K1'], ...entries(3_000) })],
      ['thousands of streams', JSON.stringify([repeat(6_000, (i) => `$R${i.toString(16)}`)])],
      [
        'thousands of values of a stream of bytes',
        JSON.stringify({ 0: '["$r1"]', S1: repeat(10_000, () => '1') }),
      ],
      [
        'thousands of values that wait for one',
        JSON.stringify({ 0: '["$R1"]', S1: repeat(2_000, () => '["$0"]') }),
      ],
      ['a chain of parts', reply({ 0: ['$1'], ...doubling(990, (next) => [next]) })],
    ],
  ],
])('%s', (_, cases) => {
  test.each(cases)('%s', async (_, args) => {
    expect(['bad_arguments', 'arguments_too_deep']).toContain(await refusal(args))
    expect(ran).toEqual([])
  })
})

function doubling(count: number, make: (next: string) => unknown): Record<string, unknown> {
  const parts = repeat(count, (i) => [i + 1, i + 1 === count ? 1 : make(`$${(i + 2).toString(16)}`)])
  return Object.fromEntries(parts)
}

function entries(count: number): Record<string, unknown> {
  return Object.fromEntries(repeat(count, (i) => [`_1_${i}`, 1]))
}
