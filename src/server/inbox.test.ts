import type { Body } from '../protocol/messages.ts'
import { Inbox } from './inbox.ts'
import type { Socket } from './transport.ts'

function open(handle: (data: Body) => void, canPause = true, log: string[] = []) {
  const pausing = { pause: () => void log.push('pause'), resume: () => void log.push('resume') }
  const socket: Socket = {
    send() {},
    close() {},
    terminate() {},
    bufferedBytes: 0,
    ...(canPause ? pausing : {}),
  }
  const inbox = new Inbox(socket, (data) => {
    log.push(String(data))
    handle(data)
  })
  return { inbox, log }
}

const work = (ms: number) => jest.advanceTimersByTime(ms)
const turn = () => new Promise((resolve) => setImmediate(resolve))
const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await turn()
}

// The clock is the test's; turns of the event loop are real.
beforeAll(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }))
afterAll(() => jest.useRealTimers())
// The lane is one for all of a process.
afterEach(() => turns(8))

test('messages that take no time are handed on as they come', () => {
  const { inbox, log } = open(() => {})
  for (const message of ['a', 'b', 'c']) inbox.receive(message)
  expect(log).toEqual(['a', 'b', 'c'])
})

test('those that take long let the others have their turn, in order, and nothing is read meanwhile', async () => {
  const { inbox, log } = open(() => work(3))
  for (const message of ['a', 'b', 'c', 'd', 'e']) inbox.receive(message)
  expect(log).toEqual(['a', 'b', 'pause'])
  await turn()
  expect(log).toEqual(['a', 'b', 'pause'])
  await turn()
  inbox.receive('f')
  expect(log).toEqual(['a', 'b', 'pause', 'c', 'd'])
  for (let i = 0; i < 3; i++) await turn()
  expect(log).toEqual(['a', 'b', 'pause', 'c', 'd', 'e', 'f', 'resume'])
})

test('a connection that was still for a while may take as long again', () => {
  const { inbox, log } = open(() => work(3))
  for (const message of ['a', 'b', 'c', 'd']) {
    inbox.receive(message)
    work(3)
  }
  expect(log).toEqual(['a', 'b', 'c', 'd'])
})

test('a transport that cannot pause is waited for all the same', async () => {
  const { inbox, log } = open(() => work(6), false)
  for (const message of ['a', 'b']) inbox.receive(message)
  expect(log).toEqual(['a'])
  for (let i = 0; i < 3; i++) await turn()
  expect(log).toEqual(['a', 'b'])
})

test('after the end of the connection nothing is handed on', async () => {
  const { inbox, log } = open(() => work(6))
  for (const message of ['a', 'b']) inbox.receive(message)
  inbox.clear()
  await turn()
  await turn()
  expect(log.slice(0, 2)).toEqual(['a', 'pause'])
  expect(log).not.toContain('b')
})

test('those that take long share one budget a turn, a message each', async () => {
  const log: string[] = []
  const [one, two, three] = [1, 2, 3].map(() => open(() => work(6), false, log).inbox) as [
    Inbox,
    Inbox,
    Inbox,
  ]
  one.receive('1a')
  one.receive('1b')
  one.receive('1c')
  two.receive('2a')
  two.receive('2b')
  expect(log).toEqual(['1a', '2a'])
  // All together have taken their time in this turn, whoever comes next.
  three.receive('3a')
  expect(log.splice(0)).toEqual(['1a', '2a'])
  await turns(2)
  // One that has not had its share goes first.
  expect(log.splice(0)).toEqual(['3a'])
  await turn()
  expect(log.splice(0)).toEqual(['1b'])
  await turn()
  expect(log.splice(0)).toEqual(['2b'])
  await turns(3)
  expect(log).toEqual(['1c'])
})

test('one that takes no time is not behind those that do', async () => {
  const log: string[] = []
  const busy = open(() => work(6), false, log).inbox
  const quick = open(() => {}, false, log).inbox
  for (const message of ['1', '2', '3', '4']) busy.receive(message)
  await turns(2)
  quick.receive('at once')
  expect(log).toEqual(['1', '2', 'at once'])
})
