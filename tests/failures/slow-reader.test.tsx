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
