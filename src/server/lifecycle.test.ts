import { Lifecycle, type LivePart } from './lifecycle.ts'

const log: string[] = []

function part(name: string, more: Partial<LivePart> = {}): LivePart {
  return {
    name,
    start: async () => void log.push(`start ${name}`),
    stop: async () => void log.push(`stop ${name}`),
    ...more,
  }
}

function lifecycle(...parts: LivePart[]): Lifecycle {
  const made = new Lifecycle((error, { name }) => log.push(`${name}: ${(error as Error).message}`))
  made.add(...parts)
  return made
}

beforeEach(() => {
  log.length = 0
})

test('parts start in order, each when the one before is ready, and stop in reverse', async () => {
  let ready = () => {}
  const slow = part('store', {
    start: () =>
      new Promise((resolve) => {
        ready = resolve
      }),
  })
  const made = lifecycle(slow, part('sessions'))
  expect(made.state).toBe('new')
  const started = made.start()
  await Promise.resolve()
  expect([made.state, log]).toEqual(['starting', []])
  ready()
  await started
  expect([made.state, log]).toEqual(['ready', ['start sessions']])
  await made.stop(1_000)
  expect([made.state, log.slice(1)]).toEqual(['closed', ['stop sessions', 'stop store']])
})

test('starting and stopping twice is once', async () => {
  const made = lifecycle(part('a'))
  await Promise.all([made.start(), made.start()])
  await Promise.all([made.stop(1_000), made.stop(1_000)])
  expect(log).toEqual(['start a', 'stop a'])
})

test('a part that cannot start stops the others, and the start rejects', async () => {
  const broken = part('broken', { start: () => Promise.reject(new Error('no broker')) })
  const made = lifecycle(part('first'), broken, part('last'))
  await expect(made.start()).rejects.toThrow('no broker')
  expect(made.state).toBe('failed')
  expect(log).toEqual(['start first', 'stop last', 'stop broken', 'stop first'])
})

test('a part that fails to stop is told of, and keeps no other from stopping', async () => {
  const broken = part('broken', { stop: () => Promise.reject(new Error('stuck')) })
  const made = lifecycle(part('first'), broken)
  await made.start()
  await made.stop(1_000)
  expect(log).toEqual(['start first', 'start broken', 'broken: stuck', 'stop first'])
})

test('the signal aborts at the time limit, and a stop without time cuts a longer one short', async () => {
  const patient = part('patient', {
    stop: (giveUp) => new Promise((resolve) => giveUp.addEventListener('abort', () => resolve())),
  })
  const limited = lifecycle(patient)
  await limited.stop(20)
  expect(limited.state).toBe('closed')
  const cut = lifecycle(patient)
  const slow = cut.stop(1_000_000)
  await cut.stop(0)
  await slow
  expect(cut.state).toBe('closed')
})

test('a part that ignores the signal is left behind', async () => {
  const made = lifecycle(part('first'), part('stuck', { stop: () => new Promise(() => {}) }))
  await made.start()
  await made.stop(0)
  expect(log).toEqual(['start first', 'start stuck', 'stuck: It did not stop in time.', 'stop first'])
})

test('health asks every part', () => {
  const made = lifecycle(part('store', { healthy: () => false }), part('sessions'))
  expect(made.health).toEqual({ store: false, sessions: true })
})
