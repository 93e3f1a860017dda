import { checked, type StandardSchema } from 'liveroot'
import { route } from 'liveroot/server'
import { Arena, repeat, reply } from './arena.ts'
import { Peer } from './peer.ts'

const ran: unknown[][] = []

const text: StandardSchema<string> = {
  '~standard': {
    version: 1,
    vendor: 'this test',
    validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'no text' }] }),
  },
}

function App() {
  const read = async (stream: AsyncIterable<unknown>) => {
    for await (const value of stream) ran.push([value])
  }
  return (
    <main onClick={(...args) => void ran.push(args)}>
      <b onClick={((value: unknown) => value) as never} />
      <i onClick={read as never} />
      <p onClick={checked([text], () => ran.push(['checked'])) as never} />
      <u
        onClick={(event) => {
          const { type, target, key, clientX, ctrlKey, formData, dataTransfer } =
            event as never as React.DragEvent & {
              key: string
              formData: FormData
            }
          ran.push([type, target, key, clientX, ctrlKey, formData, dataTransfer.files.length])
        }}
      />
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
const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`

test.each<[string, string]>([
  ['half of an array', '[1,2'],
  ['an object', '{"a":"1"}'],
  ['a number', '7'],
  ['null', 'null'],
  ['parts that are numbers', '{"0":7}'],
  ['parts that are null', '{"0":null}'],
  ['a root that is no array', reply({ 0: { a: 1 } })],
  ['a root that is a promise of no array', reply({ 0: '$@1', 1: 7 })],
  ['a root that is a stream', reply({ 0: '$R1', S1: 1 })],
  ['a part that is no JSON', '{"0":"[\\"$1\\"]","1":"{"}'],
  ['a server reference', reply({ 0: ['$h1'], 1: { id: 'fs#readFileSync', bound: null } })],
  ['a server reference with bound arguments', reply({ 0: ['$h1'], 1: { id: 'a', bound: '$@2' }, 2: [1] })],
  ['the old letter of a server reference', '["$F1"]'],
  ['a lazy reference', '["$L1"]'],
  ['an error', '["$Z1"]'],
  ['a symbol', '["$Sreact.element"]'],
  ['a temporary reference', '["$T"]'],
  ['a file that is not there', '["$B1"]'],
  ['a file that is text', reply({ 0: ['$B1'], 1: 'text' })],
  ['bytes that are not there', '["$o1"]'],
  ['bytes that are text', reply({ 0: ['$G1'], 1: 'text' })],
  ['a BigInt of 60,000 digits', `["$n${'9'.repeat(60_000)}"]`],
  ['a BigInt that is none', '["$nten"]'],
  ['a Map without pairs', reply({ 0: ['$Q1'], 1: [1, 2] })],
  ['a Map of an object', reply({ 0: ['$Q1'], 1: { size: 1 } })],
  ['a Set of a number', reply({ 0: ['$W1'], 1: 5 })],
  ['one Map twice', reply({ 0: ['$Q1', '$Q1'], 1: [] })],
  ['one Map as a Set', reply({ 0: ['$Q1', '$W1'], 1: [] })],
  ['one stream twice', reply({ 0: ['$R1', '$R1'], S1: 1 })],
  ['a reference to nowhere', '["$1"]'],
  ['a reference that is no number', '["$zz"]'],
  ['a path that is not there', reply({ 0: ['$1:a:b'], 1: { a: {} } })],
  ['a path to a method', reply({ 0: ['$1:map'], 1: [1] })],
  ['a path to the length of a text', reply({ 0: ['$1:length'], 1: 'text' })],
])('%s in the place of arguments is refused with bad_arguments', async (_, args) => {
  expect(await refusal(args)).toBe('bad_arguments')
  expect(ran).toEqual([])
})

test.each<[string, string]>([
  ['arrays', `[${nested(65, '[', ']')}]`],
  ['objects', `[${nested(65, '{"a":', '}')}]`],
  ['30,000 arrays', nested(30_000, '[', ']')],
  ['arrays in a part', JSON.stringify({ 0: `["$1"]`, 1: nested(70, '[', ']') })],
  ['8,000 objects in a part', JSON.stringify({ 0: `[${nested(8_000, '{"":', '}')}]` })],
  ['arrays over parts', reply({ 0: ['$1'], ...chain(70, (next) => [next]) })],
  ['objects over parts', reply({ 0: ['$1'], ...chain(70, (next) => ({ next })) })],
  ['Maps over parts', reply({ 0: ['$Q1'], ...chain(70, (next) => [['a', next]], '$Q') })],
  ['Sets over parts', reply({ 0: ['$W1'], ...chain(70, (next) => [next], '$W') })],
])('arguments nested too deep are refused with arguments_too_deep: %s', async (_, args) => {
  expect(await refusal(args)).toBe('arguments_too_deep')
  expect(ran).toEqual([])
})

/** Parts of which each names the next. */
function chain(length: number, make: (next: string) => unknown, sign = '$'): Record<string, unknown> {
  const last = sign === '$' ? {} : []
  const parts = repeat(length, (i) => [
    i + 1,
    i + 1 === length ? last : make(`${sign}${(i + 2).toString(16)}`),
  ])
  return Object.fromEntries(parts)
}

test.each<[string, string]>([
  ['arrays in each other', reply({ 0: ['$1'], 1: ['$2'], 2: ['$1'] })],
  ['an array in itself', reply({ 0: ['$1'], 1: ['$1'] })],
  ['the arguments in themselves', reply({ 0: ['$0'] })],
  ['objects in each other', reply({ 0: ['$1'], 1: { a: '$2' }, 2: { a: '$1' } })],
  ['an object in a field of itself', reply({ 0: [{ a: { b: '$0:0' } }] })],
])('arguments that refer to each other in a circle are refused: %s', async (_, args) => {
  expect(await refusal(args)).toBe('arguments_too_deep')
  expect(ran).toEqual([])
})

// What React's decoder makes of these is its own affair; that they end, and what they end with, is ours.
test.each<[string, string]>([
  ['Maps', reply({ 0: ['$Q1'], 1: [['a', '$Q1']] })],
  ['Maps of Maps', reply({ 0: ['$Q1'], 1: [['a', '$Q2']], 2: [['b', '$Q1']] })],
  ['Sets', reply({ 0: ['$W1'], 1: ['$W2'], 2: ['$W1'] })],
  ['a Map and an array', reply({ 0: ['$Q1'], 1: [['a', '$2']], 2: ['$Q1'] })],
  ['iterators', reply({ 0: ['$i1'], 1: ['$i1'] })],
  ['promises', reply({ 0: ['$@1'], 1: '$@2', 2: '$@1' })],
  ['a promise as the root', reply({ 0: '$@0' })],
  ['streams', reply({ 0: ['$R1'], S1: '$R1' })],
  ['a FormData', JSON.stringify({ 0: '["$K1"]', _1_a: '"$K1"' })],
])('circles through %s come to an end', async (_, args) => {
  expect([null, 'bad_arguments', 'arguments_too_deep']).toContain(await refusal(args))
})

test.each<[string, unknown, string]>([
  ['objects', (next: string) => ({ a: next, b: next }), 'x'],
  ['arrays', (next: string) => [next, next], 'x'],
  ['objects with a function of the server', (next: string) => ({ a: next, b: next }), '@function'],
])('shared parts that would be a thousand million values are refused: %s', async (_, make, mark) => {
  const parts = reply({ 0: ['$1', mark], ...chain(30, make as never) })
  expect(await refusal(parts)).toBe('bad_arguments')
  expect(ran).toEqual([])
})

test.each<[string, string]>([
  ['1,001 parts', reply({ 0: [], ...Object.fromEntries(repeat(1_000, (i) => [i + 1, 1])) })],
  ['65 streams', JSON.stringify([repeat(65, (i) => `$R${(i + 1).toString(16)}`)])],
  ['65 streams behind escapes', JSON.stringify([repeat(65, (i) => `$X${i}`)]).replaceAll('$', '\\u0024')],
  ['65 FormDatas over parts', reply({ 0: repeat(40, () => '$K1'), 1: repeat(25, () => '$K1') })],
  ['2,001 references', reply({ 0: [repeat(2_001, () => '$1')], 1: {} })],
])('what costs far more than its text is bounded: %s', async (_, args) => {
  expect(await refusal(args)).toBe('bad_arguments')
})

test.each<[string, string, unknown[]]>([
  ['a long text beside what only React’s format has', `["$undefined","${'x'.repeat(60_000)}"]`, [60_000]],
  ['an invalid date', '["$Dnever"]', [Number.NaN]],
  ['undefined', '["$undefined"]', [undefined]],
  ['a text that begins with a dollar', '["$$1"]', ['$1']],
  ['a promise that nothing comes for', '["$@7"]', ['promise']],
  ['1,000 times the same object', reply({ 0: repeat(1_000, () => '$1'), 1: {} }), []],
])('what is odd but right arrives: %s', async (_, args, expected) => {
  expect(await refusal(args)).toBeNull()
  const simple = (value: unknown) => {
    if (value instanceof Date) return value.getTime()
    if (value instanceof Promise) return 'promise'
    return typeof value === 'string' && value.length > 100 ? value.length : value
  }
  expect(ran[0]?.map(simple)).toEqual(expect.arrayContaining(expected))
})

test.each<[string, string]>([
  ['plain text', '[{"__proto__":{"polluted":1}}]'],
  ['escapes', '[{"\\u005f_proto__":{"polluted":1}}]'],
  ['React’s format', '["$undefined",{"__proto__":{"polluted":1}}]'],
  ['a reference', reply({ 0: ['$1', { ['__proto__']: '$1' }], 1: { polluted: 1 } })],
  ['constructor and prototype', '[{"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}}]'],
  [
    'an object with a function of the server',
    '[{"__proto__":{"polluted":1},"f":{"@function":[1,1,1,"0.onClick"]}}]',
  ],
  ['the fields of an event', '[{"@":[1,2],"__proto__":{"polluted":1},"t":{"__proto__":{"polluted":1}}}]'],
])('keys of prototypes change nothing, not even where the argument is copied: %s', async (_, args) => {
  expect(await refusal(args)).toBeNull()
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  for (const argument of (ran[0] ?? []).filter((each) => each !== undefined)) {
    if (Object.hasOwn(argument as object, 'polluted')) continue
    expect((Object.assign({}, argument) as { polluted?: number }).polluted).toBeUndefined()
  }
})

test.each<[string, string]>([
  ['a text', '[{"then":"x"}]'],
  ['an object', '["$undefined",{"then":{"then":1}}]'],
  ['a reference', JSON.stringify({ 0: '[{"then":"$1"}]', 1: '{}' })],
])('`then` is data, and hangs neither its call nor the next: %s', async (_, args) => {
  expect((await arena.answer(`0.0.onClick\n${args}`))[0]).toBe('r')
  expect(await refusal('[1]')).toBeNull()
})

test('a function of the server cannot be the `then` of an object', async () => {
  const then = '{"then":{"@function":[1,1,1,"0.onClick"]}}'
  expect(await arena.refusal(`0.0.onClick\n[${then}]`)).toBe('bad_arguments')
  expect(ran).toEqual([])
})

test('a stream that never ends keeps its own call only', async () => {
  arena.peer.send(`c900,1,1,1\n0.1.onClick\n${reply({ 0: ['$X1'], S1: 1 })}`)
  expect(await refusal('[2]')).toBeNull()
  await arena.peer.until(() => ran.length === 2)
  expect(ran).toEqual(expect.arrayContaining([[1], [2]]))
  expect(arena.peer.messages.some((message) => message.startsWith('r900'))).toBe(false)
})

test.each([
  '',
  '\n[]',
  '\n[7]',
  '\n[null]',
  '\n[["text"]]',
  '\n[{"then":1}]',
  '\n["$undefined"]',
  '\n["$D0"]',
])('arguments of other types than the schema’s are refused with invalid_arguments: %j', async (args) => {
  expect(await arena.refusal(`0.2.onClick${args}`)).toBe('invalid_arguments')
  expect(arena.scene.logged).toEqual([])
  expect(ran).toEqual([])
})

test('an event whose fields have other types has them empty', async () => {
  const wrong = {
    '@': ['a', null],
    k: 7,
    t: 'text',
    ck: 'yes',
    f: [['a'], 7, [1, 2]],
    type: 5,
    fs: [1],
    x: 'a',
  }
  const fields = Object.fromEntries('abcdefghijklmnopqrstuvwxyz'.split('').map((name) => [name, { a: [] }]))
  for (const event of [wrong, { '@': 0, ...fields }, { '@': {} }, { '@': [null, 'x'] }]) {
    expect(await arena.refusal(`0.3.onClick\n${JSON.stringify([event])}`)).toBeNull()
  }
  for (const [type, target, key, clientX, ctrlKey, , files] of ran) {
    expect([type, key, clientX, ctrlKey, files]).toEqual(['click', '', 0, false, 0])
    expect(target).toMatchObject({ value: '', checked: false, dataset: {} })
  }
  expect(ran).toHaveLength(4)
})

test('arguments just within maxMessageBytes arrive, and one byte over closes the connection', async () => {
  const { port } = arena.scene
  const text = (bytes: number) => `c1,1,1,1\n0.onClick\n["${'x'.repeat(bytes - 23)}"]`
  expect(text(65_536)).toHaveLength(65_536)
  const other = await Peer.open(port)
  await other.mount(1, '/app')
  await other.ask(text(65_536), (message) => message.startsWith('r1,'))
  other.send(text(65_537))
  expect(await other.closing()).toMatchObject({ code: 1009 })
})
