// Run by floods.test.ts in a process of its own: what the test itself does must not count as the server's delay.
import { createElement, useState } from 'react'
import { createLiveServer, route } from '../../src/server/index.ts'

function Counter() {
  const [n, setN] = useState(0)
  return createElement('button', { onClick: () => setN(n + 1) }, n)
}

/** Longest time in which the event loop did nothing but the work of one turn, since it was last asked for. */
let longestTurnMs = 0
let before = { wall: performance.now(), cpu: process.cpuUsage() }

/**
 * A turn lasts as long as its work. Where another process had the processor meanwhile, that is not this one's: so the
 * time on the clock counts only as far as this process has used the processor.
 */
setInterval(() => {
  const { user, system } = process.cpuUsage(before.cpu)
  const wall = performance.now() - before.wall
  longestTurnMs = Math.max(longestTurnMs, Math.min(wall, (user + system) / 1000))
  before = { wall: performance.now(), cpu: process.cpuUsage() }
}, 1)

const server = createLiveServer({
  routes: [route('/counter', Counter)],
  onError: () => {},
  clientModules: {},
})

process.on('message', () => {
  process.send?.({ longestTurnMs, refused: server.refused })
  longestTurnMs = 0
})
process.on('disconnect', () => process.exit())

const { port } = await server.listen(0, '127.0.0.1')
process.send?.({ port })
