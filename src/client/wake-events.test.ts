import { testWindow } from '../../tests/support/dom.ts'
import { Connection } from './connection.ts'
import { defaultReconnectOptions } from './reconnect.ts'
import { StatusStore } from './status-store.ts'
import type { ClientSocketListener } from './transport.ts'
import { WakeEvents } from './wake-events.ts'

const fire = (type: string, more: object = {}) =>
  testWindow.dispatchEvent(Object.assign(new testWindow.Event(type), more))

function show(state: 'visible' | 'hidden'): void {
  Object.defineProperty(testWindow.document, 'visibilityState', { value: state, configurable: true })
  testWindow.document.dispatchEvent(new testWindow.Event('visibilitychange'))
}

test('a page wakes when its network changes, when it is shown, and when the browser brings it back', () => {
  let woken = 0
  const events = new WakeEvents(() => void woken++)
  const counts: number[] = []
  const all = [
    () => fire('online'),
    () => fire('offline'),
    () => show('hidden'),
    () => show('visible'),
    () => fire('pageshow', { persisted: false }),
    () => fire('pageshow', { persisted: true }),
  ]
  const fireAll = () => {
    counts.length = 0
    for (const each of all) {
      each()
      counts.push(woken)
    }
  }
  fireAll()
  expect(counts).toEqual([0, 0, 0, 0, 0, 0])
  events.listen()
  events.listen()
  fireAll()
  expect(counts).toEqual([1, 2, 2, 3, 3, 4])
  events.stop()
  fireAll()
  expect(woken).toBe(4)
})

const welcome = `w2,25000,32\n${JSON.stringify({ token: 't', session: 'new', series: 0, handled: 0, maxCalls: 64, maxMessageBytes: 65_536 })}`

describe('a connection that may have died while the page slept', () => {
  const sockets: { listener: ClientSocketListener; sent: string[] }[] = []
  const status = new StatusStore({ retryNow: () => {}, reconnect: () => {} })
  let connection: Connection

  beforeEach(() => {
    jest.useFakeTimers()
    sockets.length = 0
    const connect = (listener: ClientSocketListener) => {
      const sent: string[] = []
      sockets.push({ listener, sent })
      return { send: (data: unknown) => void sent.push(String(data)), close: () => {}, bufferedBytes: 0 }
    }
    const session = {
      hello: () => ({}),
      opened: () => {},
      message: () => {},
      pinged: () => {},
      closed: () => {},
    }
    const options = { ...defaultReconnectOptions, firstDelayMs: 60_000, maxDelayMs: 60_000 }
    connection = new Connection(connect, session, options, status)
    connection.open()
    sockets[0]?.listener.opened()
    sockets[0]?.listener.message(welcome)
    expect(status.current.state).toBe('open')
  })

  afterEach(() => {
    connection.close()
    jest.useRealTimers()
  })

  test('is asked, and is lost where the server does not answer within probeTimeoutMs', () => {
    show('visible')
    expect(sockets[0]?.sent.at(-1)).toBe('p')
    jest.advanceTimersByTime(3_999)
    expect(status.current.state).toBe('open')
    jest.advanceTimersByTime(1)
    expect(status.current).toMatchObject({ state: 'waiting', reason: 'heartbeat_timeout' })
    // And the next sign of life is worth a try at once.
    fire('online')
    expect([status.current.state, sockets.length]).toEqual(['connecting', 2])
  })

  test('goes on where the server answers', () => {
    fire('offline')
    sockets[0]?.listener.message('q')
    jest.advanceTimersByTime(20_000)
    expect([status.current.state, sockets.length]).toEqual(['open', 1])
  })
})
