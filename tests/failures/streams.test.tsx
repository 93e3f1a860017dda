import { route } from 'liveroot/server'
import { Arena } from './arena.ts'
import { Peer } from './peer.ts'

let made = 0
let stopped = 0

async function* numbers() {
  try {
    for (;;) yield made++
  } finally {
    stopped++
  }
}

function App() {
  const follow = async function* (value: AsyncIterable<unknown>) {
    for await (const each of value) yield each
  }
  return (
    <main onClick={() => {}}>
      <b onClick={(() => numbers()) as never} />
      <i onClick={((value: never) => follow(value)) as never} />
      <u onClick={(() => [numbers(), numbers(), numbers()]) as never} />
    </main>
  )
}

let arena: Arena

beforeEach(async () => {
  made = stopped = 0
  arena = await Arena.open({ routes: [route('/app', App)], limits: { maxStreams: 3, maxCallsPerSecond: 50 } })
})

afterEach(() => arena.end('0.onClick'))

const items = () => arena.peer.messages.filter((message) => message.startsWith('i'))

test('pulls and cancels of streams that are not there are for nobody', async () => {
  for (const message of ['g1,1', 'g99,1', 'n1', 'n99', `g${Number.MAX_SAFE_INTEGER},1`])
    arena.peer.send(message)
  expect((await arena.answer('0.0.onClick'))[0]).toBe('r')
  arena.peer.send('n1')
  arena.peer.send('g1,5')
  arena.peer.send('n1')
  await arena.answer('0.onClick')
  expect(items()).toEqual([])
})

test('another session’s stream cannot be pulled', async () => {
  const other = await Peer.open(arena.scene.port)
  await other.mount(1, '/app')
  await arena.answer('0.0.onClick', { from: other })
  arena.peer.send('g1,5')
  await arena.answer('0.onClick')
  expect([items(), made]).toEqual([[], 0])
  other.end()
})

test('however many values are asked for, only so many are made', async () => {
  await arena.answer('0.0.onClick')
  for (let i = 0; i < 20; i++) arena.peer.send(`g1,${Number.MAX_SAFE_INTEGER}`)
  await arena.peer.until(() => items().length >= 1_000)
  arena.peer.send('n1')
  await arena.peer.until(() => stopped === 1)
  // Each pull is cut, and so is their sum; what was made meanwhile makes room again.
  expect(made).toBeLessThan(10_000)
})

test('a result with more streams than the session may have is too_many_streams, and they are stopped', async () => {
  await arena.answer('0.0.onClick')
  expect(await arena.refusal('0.2.onClick')).toBe('too_many_streams')
  arena.peer.send('n1')
  expect((await arena.answer('0.2.onClick'))[0]).toBe('r')
})

test('values for live arguments that nobody has are for nobody', async () => {
  for (const message of ['v1,0\n[1]', 'v99,0\n[1]', 'v1,99\nnonsense', 'v1,0\n']) arena.peer.send(message)
  expect((await arena.answer('0.onClick'))[0]).toBe('r')
})

test('a live argument takes what it can, and nothing else hangs or hurts it', async () => {
  await arena.answer('0.1.onClick\n[{"@live":0}]')
  arena.peer.send('g1,9')
  await arena.peer.until(() => items().length === 1)
  const bad = [
    'nonsense',
    '{}',
    '["$h1"]',
    `[${'['.repeat(70)}${']'.repeat(70)}]`,
    '{"0":"[\\"$1\\"]","1":"["}',
  ]
  for (const value of bad) arena.peer.send(`v1,0\n${value}`)
  arena.peer.send('v1,7\n["elsewhere"]')
  arena.peer.send(`v1,${Number.MAX_SAFE_INTEGER}\n["elsewhere"]`)
  arena.peer.send('v1,0\n["good"]')
  await arena.peer.until(() => items().length === 2)
  expect(items().at(-1)).toContain('"good"')
  expect(arena.scene.server.refused).toEqual({ bad_arguments: 4, arguments_too_deep: 1 })
  expect((await arena.answer('0.onClick'))[0]).toBe('r')
})

test('new values of live arguments count as calls do', async () => {
  await arena.answer('0.1.onClick\n[{"@live":0}]')
  for (let i = 1; i <= 300; i++) arena.peer.send(`v1,0\n[${i}]`)
  const refused = () => arena.scene.server.refused.calls_too_fast ?? 0
  await arena.peer.until(() => refused() > 200)
  // As many more as there is time for; then the next call is no different.
  await new Promise((resolve) => setTimeout(resolve, 50))
})
