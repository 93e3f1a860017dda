// A server of a process of its own, for a test that kills it: what it shows is in its store and on its bus.
import { useTopic } from 'liveroot'
import { redisBus, redisStore } from 'liveroot/redis'
import { createLiveServer, route } from 'liveroot/server'
import { useState } from 'react'

const [url = '', prefix = ''] = process.argv.slice(2)

function Log() {
  const [all, add] = useState<readonly string[]>([])
  const note = (text: string) => add((before) => [...before, text])
  useTopic<number>('numbers', (n) => note(String(n)), { onGap: () => note('GAP') })
  return <p id="log">{all.join(' ')}</p>
}

const live = createLiveServer({
  routes: [route('/', Log)],
  bus: redisBus({ url, prefix }),
  topics: { numbers: { history: 10_000 } },
  sessionStore: redisStore({ url, prefix }),
  clientModules: {},
})
const { port } = await live.listen(0, '127.0.0.1')
process.send?.(port)
process.once('disconnect', () => process.exit(0))
