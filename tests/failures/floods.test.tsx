import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { repeat, reply } from './arena.ts'
import { codeOf, Peer } from './peer.ts'

interface Figures {
  readonly longestTurnMs: number
  readonly refused: Readonly<Record<string, number>>
}

let server: ChildProcess
let port: number
let bystander: Peer
let clicks = 0

beforeAll(async () => {
  server = fork(join(__dirname, 'flooded-server.ts'), {
    execArgv: ['--conditions=liveroot-source', '--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  ;[{ port }] = (await once(server, 'message')) as [{ port: number }]
  bystander = await Peer.open(port)
  await bystander.mount(1, '/counter')
  for (let i = 0; i < 50; i++) await click()
})

afterAll(() => {
  bystander.end()
  server.disconnect()
})

async function figures(): Promise<Figures> {
  server.send('figures')
  return ((await once(server, 'message')) as [Figures])[0]
}

/** The bystander's state goes on from where it was. */
async function click(): Promise<void> {
  const n = ++clicks
  const answer = await bystander.ask(`c${n},1,${n},1\n0.onClick`, (message) => message.startsWith(`r${n},`))
  expect(answer).toBe(`r${n},${n + 1}`)
  expect(bystander.messages).toContain(`f1,${n + 1}\n0:[[1,[0],${n}]]\n`)
  bystander.messages.length = 0
  bystander.send(`a1,${n + 1},${n + 1}`)
}

/** Peers that have mounted the counter. */
async function openPeers(count: number): Promise<Peer[]> {
  const peers = await Promise.all(repeat(count, () => Peer.open(port)))
  await Promise.all(peers.map((peer) => peer.mount(1, '/counter')))
  for (const peer of peers) peer.messages.length = 0
  return peers
}

interface Flood {
  readonly longestTurnMs: number
  /** How often each code came back; `ran` where the call was made. */
  readonly answers: Readonly<Record<string, number>>
  readonly clicks: number
}

/** Each peer sends that many calls as fast as the network takes them, while the bystander goes on clicking. */
async function flood(count: number, args: string, peerCount = 1): Promise<Flood> {
  const peers = await openPeers(peerCount)
  const before = await figures()
  const from = clicks
  for (let i = 1; i <= count; i++) for (const peer of peers) peer.send(`c${i},1,1,1\n0.onClick${args}`)
  const answered = () => peers.flatMap(({ messages }) => messages.filter((message) => message[0] !== 'f'))
  do await click()
  while (answered().length < count * peerCount)
  const { longestTurnMs, refused } = await figures()
  const answers: Record<string, number> = {}
  for (const message of answered()) {
    const answer = message[0] === 'r' ? 'ran' : (codeOf(message) ?? '')
    answers[answer] = (answers[answer] ?? 0) + 1
  }
  for (const [code, times] of Object.entries(answers)) {
    if (code !== 'ran')
      expect([code, (refused[code] ?? 0) - (before.refused[code] ?? 0)]).toEqual([code, times])
  }
  for (const peer of peers) {
    expect(peer.closed).toBeNull()
    peer.end()
  }
  return { longestTurnMs, answers, clicks: clicks - from }
}

/** The best of five: other work of the machine makes a turn longer, and nothing makes it shorter. */
async function calmest(count: number, args: string, peerCount = 1): Promise<Flood> {
  let best = await flood(count, args, peerCount)
  for (let round = 1; round < 5 && best.longestTurnMs >= 50; round++) {
    const next = await flood(count, args, peerCount)
    if (next.longestTurnMs < best.longestTurnMs) best = next
  }
  return best
}

test('10,000 calls in one second: most are calls_too_fast, and nobody else waits 50 ms for it', async () => {
  const { answers, longestTurnMs, clicks } = await calmest(10_000, '')
  expect(Object.values(answers).reduce((a, b) => a + b)).toBe(10_000)
  expect(answers.calls_too_fast).toBeGreaterThan(5_000)
  expect(answers.ran).toBeGreaterThan(0)
  expect(clicks).toBeGreaterThan(2)
  expect(longestTurnMs).toBeLessThan(50)
})

const largest = 65_000
const hex = (i: number) => i.toString(16)

/** As many items as a message holds. */
function filled(make: (count: number) => string): string {
  let [low, high] = [1, largest]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (make(middle).length <= largest) low = middle
    else high = middle - 1
  }
  return make(low)
}

const doubled = repeat(16, (i) => [i + 1, i === 15 ? {} : { a: `$${hex(i + 2)}`, b: `$${hex(i + 2)}` }])

test.each<[string, string]>([
  ['one text', `["${'x'.repeat(largest)}"]`],
  ['nothing that is JSON', '['.repeat(60) + 'x'.repeat(largest)],
  ['empty objects', filled((n) => JSON.stringify(repeat(n, () => ({}))))],
  [
    '21,000 objects by React’s format',
    filled((n) => JSON.stringify([['$undefined', ...repeat(n, () => ({}))]])),
  ],
  [
    'numbers for names',
    filled((n) => JSON.stringify(['$u', Object.fromEntries(repeat(n, (i) => [i * 1_000_003, 1]))])),
  ],
  ['dates', filled((n) => JSON.stringify(repeat(n, () => '$D2026-11-20')))],
  ['undefined', filled((n) => JSON.stringify(repeat(n, () => '$u')))],
  ['BigInts', filled((n) => JSON.stringify([repeat(n, () => ({ a: `$n${'9'.repeat(300)}` }))]))],
  ['references to itself', reply({ 0: repeat(2_000, () => '$0'), 1: 'x'.repeat(40_000) })],
  ['deep references', reply({ 0: repeat(300, () => `$1${':a'.repeat(60)}`), 1: deep(60) })],
  [
    'Maps',
    reply({
      0: repeat(499, (i) => `$Q${hex(i + 1)}`),
      ...Object.fromEntries(repeat(499, (i) => [i + 1, [[i, {}]]])),
    }),
  ],
  [
    'streams',
    reply({
      0: repeat(64, (i) => `$r${hex(i + 1)}`),
      ...Object.fromEntries(repeat(900, (i) => [`S${1 + (i % 64)}_${i}`, 1])),
    }),
  ],
  ['values of a stream of bytes that are none', JSON.stringify({ 0: '["$r1"]', S1: repeat(990, () => '1') })],
  [
    'entries of a FormData',
    reply({ 0: repeat(64, () => '$K1'), ...Object.fromEntries(repeat(930, (i) => [`_1_${i}`, 1])) }),
  ],
  [
    'empty files',
    JSON.stringify({ 0: '["$K1"]', _1_: repeat(990, () => ({ '@file': [0, 0, '', '', null] })) }),
  ],
  [
    'a pyramid of shared objects',
    reply({ 0: ['$1', '@function', 'x'.repeat(60_000)], ...Object.fromEntries(doubled) }),
  ],
  ['functions', filled((n) => JSON.stringify([repeat(n, () => ({ '@function': [1, 1, 1, '0.onClick'] }))]))],
  ['too many parts', filled((n) => reply({ 0: [], ...Object.fromEntries(repeat(n, (i) => [i + 1, 1])) }))],
  ['too many streams', filled((n) => JSON.stringify([repeat(n, (i) => `$R${hex(i + 1)}`)]))],
])('64 KB in each call, 40 at once, and the others do not wait 50 ms: %s', async (_, args) => {
  const { answers, longestTurnMs } = await calmest(40, `\n${args}`)
  expect(Object.values(answers).reduce((a, b) => a + b)).toBe(40)
  expect(longestTurnMs).toBeLessThan(50)
})

test('30 peers at once cost the others no more than one does', async () => {
  const args = filled((n) => JSON.stringify(repeat(n, () => '$D2026-11-20')))
  const { answers, longestTurnMs, clicks } = await calmest(10, `\n${args}`, 30)
  expect(Object.values(answers).reduce((a, b) => a + b)).toBe(300)
  expect(longestTurnMs).toBeLessThan(50)
  // Whoever takes little time is not behind those who take much.
  expect(clicks).toBeGreaterThan(10)
})

function deep(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = { a: value }
  return value
}
