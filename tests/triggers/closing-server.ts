// Run by close.test.tsx in a process of its own, which must end by itself when the server is closed.
import { setTimeout as sleep } from 'node:timers/promises'
import { createElement, Suspense, useEffect, useState } from 'react'
import { createLiveServer, route } from '../../src/server/index.ts'
import { Peer } from '../failures/peer.ts'

const log: string[] = []

function Ticker() {
  const [n, set] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => set((before) => before + 1), 2)
    return () => {
      clearInterval(timer)
      log.push('cleaned up')
    }
  }, [])
  return n
}

async function* Feed() {
  try {
    for (let i = 0; ; i++) {
      yield i
      await sleep(2)
    }
  } finally {
    log.push('returned')
  }
}

const App = () => [
  createElement(Ticker, { key: 'ticker' }),
  createElement(Suspense, { key: 'feed' }, createElement(Feed as never)),
]

const resources = () =>
  process.getActiveResourcesInfo().filter((name) => name !== 'Immediate' && name !== 'PipeWrap')

const before = resources()
const server = createLiveServer({
  routes: [route('/', App)],
  clientModules: {},
})
const { port } = await server.listen(0, '127.0.0.1')
const peers = await Promise.all([Peer.open(port), Peer.open(port), Peer.open(port, false)])
for (const peer of peers.slice(0, 2)) await peer.mount(1, '/')
const during = resources()
await server.close()
for (const peer of peers) await peer.closing()
await new Promise((resolve) => setTimeout(resolve, 300))
const after = resources()
const { connections } = server
const refused = await Peer.open(port).then(
  () => false,
  () => true,
)
console.log(JSON.stringify({ before, during, after, log: log.sort(), connections, refused }))
