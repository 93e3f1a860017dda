import { route } from 'liveroot/server'
import { useState } from 'react'
import { openScene, type Scene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

const ran: unknown[][] = []
let release = () => {}

function App() {
  const [hidden, hide] = useState(false)
  const [, set] = useState(0)
  const stuck = () =>
    new Promise<void>((resolve) => {
      release = resolve
    })
  return (
    <main onClick={(...args) => void ran.push(args)}>
      {hidden ? null : <button onClick={() => hide(true)}>once</button>}
      <i onClick={stuck}>stuck</i>
      <u onClick={() => set((n) => n + 1)}>plain</u>
      <b
        onClick={() => {
          throw new Error('thrown')
        }}
      />
      <s onClick={(() => Promise.reject(new Error('rejected'))) as never} />
      <em onClick={(() => ({ self: new WeakMap() })) as never} />
      <p title="no handler">{'text'}</p>
    </main>
  )
}

let scene: Scene
let peer: Peer
let last = 0

beforeEach(async () => {
  ran.length = 0
  scene = await openScene({ routes: [route('/app', App)], limits: { maxCallsInFlight: 4 } })
  peer = await Peer.open(scene.port)
  await peer.mount(1, '/app')
})

afterEach(async () => {
  // Whatever was asked, this session is still there and works.
  expect((await call(1, 1, '0.2.onClick'))[0]).toBe('r')
  peer.end()
  await scene.end()
})

function call(root: number, slot: number, body: string, seen = 1): Promise<string> {
  const id = ++last
  return peer.ask(`c${id},${root},${seen},${slot}\n${body}`, (message) => {
    return message.startsWith(`r${id},`) || message.startsWith(`y${id},`)
  })
}

const secondSession = async () => {
  const other = await Peer.open(scene.port)
  await other.mount(7, '/app')
  return other
}

test.each([
  ['a path that was never there', 1, '0.9.onClick'],
  ['a prop that is no function', 1, '0.6.title'],
  ['an empty path', 1, ''],
  ['__proto__', 1, '__proto__'],
  ['constructor', 1, 'constructor'],
  ['constructor.constructor', 1, '0.constructor.constructor'],
  ['a method of Map', 1, 'get'],
  ['toString at the end of a real path', 1, '0.onClick.toString'],
  ['a slot that does not exist', 99, '0.onClick'],
  ['the slot of the root as a whole', 0, '0.onClick'],
  ['a slot beyond every number', Number.MAX_SAFE_INTEGER, '0.onClick'],
])('a function that is not on the screen cannot be called: %s', async (_, slot, path) => {
  expect(codeOf(await call(1, slot, path))).toBe('not_on_screen')
  expect(ran).toEqual([])
})

test('neither can one of a root that this session does not have, though another session has it', async () => {
  const other = await secondSession()
  expect(codeOf(await call(7, 1, '0.onClick'))).toBe('unknown_root')
  expect(codeOf(await call(99, 1, '0.onClick'))).toBe('unknown_root')
  peer.send('u1')
  expect(codeOf(await call(1, 1, '0.onClick'))).toBe('unknown_root')
  expect(ran).toEqual([])
  await peer.mount(1, '/app')
  other.end()
})

test('nor one that has left the screen', async () => {
  expect((await call(1, 1, '0.0.onClick'))[0]).toBe('r')
  peer.send('a1,2,2')
  expect(codeOf(await call(1, 1, '0.0.onClick', 2))).toBe('not_on_screen')
  expect(codeOf(await call(1, 1, '0.0.onClick', 1))).toBe('not_on_screen')
  expect(codeOf(await call(1, 1, '0.0.onClick', 10 ** 9))).toBe('not_on_screen')
})

test.each([
  ['not JSON', 'nonsense'],
  ['nothing', ''],
  ['no array', '"text"'],
  ['an object that is no reply', '{"a":1}'],
  ['parts without a root', '{"1":"[]"}'],
  ['an array in place of parts', '{"0":[1]}'],
  ['a reference to nowhere', '["$9"]'],
  ['a reference to itself', '{"0":"[\\"$Q0\\"]"}'],
  ['a Map that is none', '{"0":"[\\"$Q1\\"]","1":"7"}'],
  ['a number that is none', '["$nx"]'],
  ['a server reference', '["$h1"]'],
  [
    'a server reference to a real function',
    '{"0":"[\\"$h1\\"]","1":"{\\"id\\":\\"1.0.onClick\\",\\"bound\\":null}"}',
  ],
  ['a temporary reference', '["$T"]'],
  ['parts that nobody asked for by prototype', '{"0":"[\\"$1:__proto__:constructor\\"]","1":"{}"}'],
  ['a path into the constructor', '{"0":"[\\"$1:constructor:constructor\\"]","1":"{}"}'],
  ['bytes that do not fit', '["$A1"]'],
])('arguments that cannot be decoded are refused: %s', async (_, args) => {
  expect(codeOf(await call(1, 1, `0.onClick\n${args}`))).toBe('bad_arguments')
  expect(ran).toEqual([])
})

test('arguments that are odd but right arrive, and pollute nothing', async () => {
  const odd =
    '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"$Infinity","$undefined"]'
  expect((await call(1, 1, `0.onClick\n${odd}`))[0]).toBe('r')
  expect(ran).toHaveLength(1)
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  expect(ran[0]?.[0]).not.toMatchObject({ polluted: 1 })
})

test('arguments whose parts refer to each other in a circle do not stop the session', async () => {
  const id = ++last
  peer.send(`c${id},1,1,1\n0.onClick\n{"0":"[\\"$1\\"]","1":"[\\"$2\\"]","2":"[\\"$1\\"]"}`)
  await peer.next((message) => message.startsWith(`r${id},`) || message.startsWith(`y${id},`))
})

test('an argument that claims to be an event cannot be more than one', async () => {
  const args = '[{"@":{"x":1},"t":"text","fd":[["a"],7],"preventDefault":"gone","type":"x","e":7}]'
  expect(await call(1, 1, `0.onClick\n${args}`)).toMatch(/^[ry]/)
  if (ran.length === 1) expect(ran[0]?.[0]).toMatchObject({ preventDefault: expect.any(Function) })
})

test.each([
  ['throws', '0.3.onClick', 'thrown'],
  ['rejects', '0.4.onClick', 'rejected'],
])('a handler that %s answers its caller with handler_failed and a digest', async (_, path, message) => {
  const answer = await call(1, 1, path)
  expect(JSON.parse(answer.slice(answer.indexOf('\n')))).toEqual({
    code: 'handler_failed',
    digest: expect.stringMatching(/^[0-9a-f]{10}$/),
    message,
  })
  expect(scene.logged).toEqual([`handler_failed ${message}`])
})

test('a result that cannot travel is reported as such', async () => {
  const answer = await call(1, 1, '0.5.onClick')
  expect(answer).toMatch(/digest/)
  expect(scene.logged).toHaveLength(1)
  expect(scene.logged[0]).toMatch(/^result_not_serializable /)
})

test('calls without an answer have a bound; the ones over it are refused, and then there is room again', async () => {
  const releases: (() => void)[] = []
  for (let i = 0; i < 4; i++) {
    peer.send(`c${++last},1,1,1\n0.1.onClick`)
    const before = release
    await peer.until(() => release !== before)
    releases.push(release)
  }
  expect(codeOf(await call(1, 1, '0.2.onClick'))).toBe('too_many_calls')
  releases[0]?.()
  await peer.next((message) => message.startsWith(`r${last - 4},`))
  expect((await call(1, 1, '0.2.onClick'))[0]).toBe('r')
  for (const each of releases) each()
})
