// A server of a process of its own, for a test that kills it. It says on what port it listens.
import { shared } from 'liveroot'
import { redisBus } from 'liveroot/redis'
import { createLiveServer, route } from 'liveroot/server'
import { useState } from 'react'

const [url = '', prefix = '', sharedLeaseMs] = process.argv.slice(2)

const Counter = shared(function CounterView() {
  const [n, setN] = useState(0)
  return <button onClick={() => setN((before) => before + 1)}>{n}</button>
})

const live = createLiveServer({
  routes: [route('/', () => <Counter />)],
  bus: redisBus({ url, prefix }),
  sharedLeaseMs: Number(sharedLeaseMs),
  clientModules: {},
})
const { port } = await live.listen(0, '127.0.0.1')
process.stdout.write(`${port}\n`)
