import { natsBus } from 'liveroot/nats'
import { postgresBus } from 'liveroot/postgres'
import { rabbitmqBus } from 'liveroot/rabbitmq'
import { redisBus } from 'liveroot/redis'
import type { Bus } from 'liveroot/server'
import { type BrokerName, describeWithBroker } from '../support/brokers.ts'
import { knowsStreams, startOwnBroker } from '../support/own-broker.ts'
import { until } from '../support/until.ts'

const buses: Readonly<Record<BrokerName, (options: { url: string }) => Bus>> = {
  redis: redisBus,
  nats: natsBus,
  rabbitmq: rabbitmqBus,
  postgres: postgresBus,
}

const messages = 300

for (const [broker, make] of Object.entries(buses)) {
  describeWithBroker(broker as BrokerName, `${broker}, killed and started again in mid-stream`, () => {
    test('the bus goes on by itself; a topic with history loses nothing, repeats nothing and tells of no gap', async () => {
      const own = await startOwnBroker(broker as BrokerName)
      const [a, b] = [make({ url: own.url }), make({ url: own.url })]
      const errors: string[] = []
      const settings = {
        history: (topic: string) => (topic === 'kept' ? 2 * messages : 0),
        onError: (error: unknown) => errors.push((error as { code: string }).code),
      }
      try {
        await Promise.all([a.start(settings), b.start(settings)])
        const kept: string[] = []
        const plain: string[] = []
        const subscriptions = [
          b.subscribe('kept', null, { message: ({ text }) => kept.push(text), gap: () => kept.push('GAP') }),
          b.subscribe('plain', null, {
            message: ({ text }) => plain.push(text),
            gap: () => plain.push('GAP'),
          }),
        ]
        await Promise.all(subscriptions.map(({ ready }) => ready))
        if (broker === 'rabbitmq')
          await until(
            () => knowsStreams(own),
            () => 'the broker does not write where its streams are',
          )
        const published: Promise<void>[] = []
        for (let i = 0; i < messages; i++) {
          published.push(a.publish('kept', String(i)))
          if (i === messages / 3) {
            await Promise.all(published)
            await own.kill()
          }
          if (i === (2 * messages) / 3) await own.start()
          if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        }
        await Promise.all(published)
        await until(
          () => kept.length >= messages,
          () => `${kept.length} have come`,
        )
        await until(
          () => plain.length > 0,
          () => 'no gap is told',
        )
        expect(kept).toEqual(Array.from({ length: messages }, (_, i) => String(i)))
        // Each connection that a recovering broker ends again is a gap of its own.
        expect(new Set(plain)).toEqual(new Set(['GAP']))
        expect(new Set(errors)).toEqual(new Set(['bus_failed']))
      } finally {
        await Promise.all([a.close(), b.close()])
        await own.remove()
      }
    }, 420_000)
  })
}
