import { join } from 'node:path'
import { createLiveServer, route } from 'liveroot/server'
import { Chart } from '../fixtures/chart/chart.tsx'
import { Room } from '../fixtures/chat/room.tsx'
import { parseRoom } from '../fixtures/chat/room-store.ts'
import { Counter } from '../fixtures/counter/counter.tsx'
import { SharedCounter } from '../fixtures/counter/shared-counter.tsx'
import { Orders } from '../fixtures/orders/orders.tsx'
import { ordersHook } from '../fixtures/orders/orders-hook.ts'
import { Visitors } from '../fixtures/shared/visitors.tsx'
import { Slow } from '../fixtures/slow/slow.tsx'
import { serveSite } from './serve-site.ts'

const live = createLiveServer({
  routes: [
    route('/counter', Counter),
    route('/shared-counter', SharedCounter),
    route('/rooms/:id', Room, { params: { id: parseRoom } }),
    route('/orders', Orders, { params: { limit: Number } }),
    route('/slow', Slow),
    route('/chart', Chart),
    route('/visitors', Visitors),
  ],
  httpHooks: [ordersHook],
  // The bundle is CommonJS, and the browser's files are beside its directory.
  onRequest: serveSite(join(__dirname, '../client')),
})

const { port } = await live.listen(Number(process.env.PORT ?? 3000))
console.log(`Liveroot demo: http://localhost:${port}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void live.close())
