import type { Body } from '../protocol/messages.ts'
import { Inbox } from './inbox.ts'
import type { Socket } from './transport.ts'

function open(handle: (data: Body) => void, canPause = true) {
  const log: string[] = []
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

// The clock is the test's; turns of the event loop are real.
beforeAll(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }))
afterAll(() => jest.useRealTimers())

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
