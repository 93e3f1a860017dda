import { setTimeout as sleep } from 'node:timers/promises'
import { route } from 'liveroot/server'
import { useState } from 'react'
import { until } from '../support/until.ts'
import { openScene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

const setters = new Set<(n: number) => void>()

/** Sends 50 kB with every state. */
function Big() {
  const [n, setN] = useState(0)
  setters.add(setN)
  return <p title={`${n}`.padEnd(50_000, 'x')}>{n}</p>
}

const limits = { maxBufferedBytes: 200_000, slowReaderTimeoutMs: 300, maxUnackedFrames: 1_000_000 }

test('a browser that stops reading: what is kept for it is bounded, and then it is closed', async () => {
  const { port, server, end } = await openScene({ routes: [route('/big', Big)], limits })
  const buffered: number[] = []
  const peer = await Peer.open(port)
  await peer.mount(1, '/big')
  peer.socket.pause()
  const connections = server.connections
  const before = process.memoryUsage.rss()
  for (let n = 1; n < 3_000 && server.connections === connections; n++) {
    for (const set of setters) set(n)
    buffered.push(process.memoryUsage.rss() - before)
    await sleep(1)
  }
  expect(server.connections).toBe(connections - 1)
  // 50 kB each millisecond would have been many times this.
  expect(Math.max(...buffered)).toBeLessThan(150_000_000)
  peer.end()
  await end()
})

test('one that reads again in time gets the newest state, not all that was between', async () => {
  setters.clear()
  const patient = { ...limits, slowReaderTimeoutMs: 10_000 }
  const { port, end } = await openScene({ routes: [route('/big', Big)], limits: patient })
  const peer = await Peer.open(port)
  await peer.mount(1, '/big')
  peer.socket.pause()
  for (let n = 1; n <= 400; n++) {
    for (const set of setters) set(n)
    await sleep(0)
  }
  peer.socket.resume()
  await peer.next((message) => message.startsWith('f') && message.includes('400'))
  const frames = peer.messages.filter((message) => message.startsWith('f'))
  expect(frames.length).toBeLessThan(300)
  peer.end()
  await end()
})

test('it is closed with slow_reader, told to whoever could still read it', async () => {
  const { server, end } = await openScene({ limits: { ...limits, slowReaderTimeoutMs: 40 } })
  const sent: string[] = []
  const closed: unknown[] = []
  const listener = server.accept({
    bufferedBytes: 200_001,
    send: (data) => void sent.push(String(data)),
    close: (...why) => void closed.push(why),
    terminate: () => void closed.push('terminated'),
  })
  listener.message('h2')
  await until(() => closed.length === 2)
  expect(closed).toEqual([[4413, 'slow_reader'], 'terminated'])
  expect(codeOf(sent.at(-1))).toBe('slow_reader')
  listener.closed()
  await end()
})

let setTick: (n: number) => void = () => {}

/** Sends 50 kB with every state, for one browser. */
function Ticker() {
  const [n, setN] = useState(0)
  setTick = setN
  return <p title={`${n}`.padEnd(50_000, 'x')}>{n}</p>
}

test.each([
  ['that missed little', 12_000_000, 'resumed'],
  ['that missed more', 60_000, 'restored'],
])(
  'a browser that is away under a fast ticker, %s: little is kept, and it comes back to the newest state',
  async (_, maxUnackedBytes, outcome) => {
    const { port, server, end } = await openScene({
      routes: [route('/ticker', Ticker)],
      limits: { ...limits, maxUnackedBytes, maxBufferedBytes: 60_000, slowReaderTimeoutMs: 60_000 },
    })
    const peer = await Peer.open(port)
    await peer.mount(1, '/ticker')
    const welcome = JSON.parse(peer.messages[0]?.split('\n')[1] ?? '') as { token: string; series: number }
    // First it stops to read, then it is lost.
    peer.socket.pause()
    for (let n = 1; n <= 100; n++) {
      setTick(n)
      await sleep(0)
    }
    const { connections } = server
    peer.socket.terminate()
    await until(() => server.connections < connections)
    const received = peer.messages.length - 1
    for (let n = 101; n <= 1_500; n++) {
      setTick(n)
      if (n % 5 === 0) await sleep(0)
    }
    const back = await Peer.open(port, false)
    const hello = JSON.stringify({ token: welcome.token, received, series: welcome.series })
    const answer = await back.ask(`h2\n${hello}`, (message) => message.startsWith('w2,'))
    expect(JSON.parse(answer.split('\n')[1] as string)).toMatchObject({ session: outcome })
    if (outcome === 'restored') back.send('m1\n/ticker')
    await back.next((message) => message.startsWith('f1,') && message.includes('1500x'))
    // All states would be 70 MB.
    const bytes = back.messages.reduce((sum, message) => sum + message.length, 0)
    expect(bytes).toBeLessThan(maxUnackedBytes + 500_000)
    // And it is shown what comes.
    setTick(1_501)
    back.send('a1,1000,1000')
    await back.next((message) => message.includes('1501'))
    back.end()
    await end()
  },
)
