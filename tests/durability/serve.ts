/** A server that can be killed: `serve.ts <port> <store> <where> <version>`. Tells its parent the port. */
import { createLiveServer, fileStore, route, type SessionStore } from 'liveroot/server'
import { natsStore } from '../../src/adapters/nats/store.ts'
import { redisStore } from '../../src/adapters/redis/store.ts'
import { app } from './app.tsx'

const [port, kind, where, version] = process.argv.slice(2) as [string, string, string, string]
const [url, name] = where.split(' ') as [string, string]

function openStore(): SessionStore {
  if (kind === 'redis') return redisStore({ url, prefix: name })
  return kind === 'nats' ? natsStore({ url, bucket: name }) : fileStore({ path: where })
}

const live = createLiveServer({
  routes: [route('/', app(version))],
  clientModules: {},
  sessionStore: openStore(),
})
const address = await live.listen(Number(port), '127.0.0.1')
process.send?.(address.port)
process.once('disconnect', () => process.exit(0))
