// A server of a process of its own, for a test that kills it.
import { usePresence } from 'liveroot'
import { redisBus } from 'liveroot/redis'
import { createLiveServer, route } from 'liveroot/server'

const [url = '', prefix = ''] = process.argv.slice(2)

function Room({ name }: { name: string }) {
  usePresence('room', { name }, { key: name })
  return null
}

const live = createLiveServer({
  routes: [route('/:name', Room)],
  bus: redisBus({ url, prefix }),
  presenceLeaseMs: 1_500,
  clientModules: {},
})
const listener = live.accept({ bufferedBytes: 0, send() {}, close() {}, terminate() {} })
listener.message('h2')
for (const [i, name] of ['ann', 'bob'].entries()) listener.message(`m${i + 1}\n/${name}`)
