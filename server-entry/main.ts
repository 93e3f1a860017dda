import { join } from 'node:path'
import { redisBus, redisStore } from 'liveroot/redis'
import { createLiveServer, fileStore, route, type SessionStore } from 'liveroot/server'
import { Chart } from '../fixtures/chart/chart.tsx'
import { Room } from '../fixtures/chat/room.tsx'
import { parseRoom } from '../fixtures/chat/room-store.ts'
import { Counter } from '../fixtures/counter/counter.tsx'
import { SharedCounter } from '../fixtures/counter/shared-counter.tsx'
import { TradingFloor } from '../fixtures/market/trading-floor.tsx'
import { Orders } from '../fixtures/orders/orders.tsx'
import { ordersHook } from '../fixtures/orders/orders-hook.ts'
import { ordersSources } from '../fixtures/orders/orders-queue.ts'
import { sevenGuis } from '../fixtures/seven-guis/routes.ts'
import { Visitors } from '../fixtures/shared/visitors.tsx'
import { SignUp } from '../fixtures/signup/sign-up.tsx'
import { Slow } from '../fixtures/slow/slow.tsx'
import { Todos } from '../fixtures/todos/todos.tsx'
import { maxUploadBytes } from '../fixtures/upload/limit.ts'
import { Upload } from '../fixtures/upload/upload.tsx'
import { serveSite } from './serve-site.ts'

const askedPort = Number(process.env.PORT ?? 3000)

// With it, this process is one of a cluster: sessions and topics are those of all.
const redis = process.env.LIVEROOT_REDIS
const engines = redis
  ? { bus: redisBus({ url: redis }), sessionStore: redisStore({ url: redis }) }
  : ownStore()

/** Pages go on where they were when the demo is started again; on a port that was just free nobody would find it. */
function ownStore(): { readonly sessionStore?: SessionStore } {
  if (askedPort === 0) return {}
  // The bundle's own folder is emptied by the next build.
  return { sessionStore: fileStore({ path: join(__dirname, `../sessions/${askedPort}.log`) }) }
}

const live = createLiveServer({
  ...engines,
  routes: [
    route('/counter', Counter),
    route('/shared-counter', SharedCounter),
    route('/rooms/:id', Room, { params: { id: parseRoom } }),
    route('/orders', Orders, { params: { limit: Number } }),
    route('/market', TradingFloor),
    route('/slow', Slow),
    route('/chart', Chart),
    route('/sign-up', SignUp),
    route('/todos', Todos),
    route('/upload', Upload),
    route('/visitors', Visitors),
    ...sevenGuis,
  ],
  httpHooks: [ordersHook],
  sources: ordersSources,
  limits: { maxUploadBytes },
  // The bundle is CommonJS, and the browser's files are beside its directory.
  onRequest: serveSite(join(__dirname, '../client')),
})

const { port } = await live.listen(askedPort)
console.log(`Liveroot demo: http://localhost:${port}`)

// SIGTERM drains by itself.
process.once('SIGINT', () => void live.close())
