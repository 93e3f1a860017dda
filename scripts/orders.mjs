// `npm run orders -- 3`: puts three orders in the queue that feeds the demo's board (`ORDERS_QUEUE=amqp://127.0.0.1 npm start`).
import { connect } from 'amqplib'
import { register } from 'tsx/esm/api'

register()
const { sampleOrder } = await import('../fixtures/orders/sample-orders.ts')

const count = Number(process.argv[2] ?? 1)
if (!Number.isInteger(count) || count < 1 || count > 1_000) {
  console.error('How many orders? A number from 1 to 1000.')
  process.exit(1)
}

const url = process.env.ORDERS_QUEUE || 'amqp://127.0.0.1'
const queue = process.env.ORDERS_QUEUE_NAME ?? 'liveroot.orders'
const connection = await connect(url)
const channel = await connection.createConfirmChannel()
await channel.assertQueue(queue, { durable: true })
const first = Math.floor(Math.random() * 1_000)
for (let i = 0; i < count; i++) {
  const body = Buffer.from(JSON.stringify(sampleOrder(first + i)))
  channel.sendToQueue(queue, body, { persistent: true, contentType: 'application/json' })
}
await channel.waitForConfirms()
await connection.close()
console.log(`${count} ${count === 1 ? 'order is' : 'orders are'} in ${queue}.`)
