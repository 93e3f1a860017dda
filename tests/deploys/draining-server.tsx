// Run by drain.test.ts in a process of its own, which is told to end.
import { once } from 'node:events'
import { createElement, useState } from 'react'
import { createLiveServer, httpHook, route } from '../../src/server/index.ts'

/** What is under way goes on when the test says so. */
const released = once(process, 'message')

function Slow() {
  const [n, set] = useState(0)
  const click = async () => {
    await released
    set((before) => before + 1)
  }
  return createElement('button', { onClick: click }, n)
}

const Stuck = () => createElement('button', { onClick: () => new Promise(() => {}) }, 'stuck')

const [port, drainTimeoutMs] = process.argv.slice(2).map(Number)
const server = createLiveServer({
  routes: [route('/slow', Slow), route('/stuck', Stuck)],
  httpHooks: [
    httpHook('POST', '/hooks/slow', async () => {
      await released
      return 'done'
    }),
  ],
  ...(drainTimeoutMs ? { drainTimeoutMs } : {}),
  clientModules: {},
})
const address = await server.listen(port ?? 0, '127.0.0.1')
process.send?.({ port: address.port })
// Something of the application's that would keep the process alive.
setInterval(() => {}, 1_000)
