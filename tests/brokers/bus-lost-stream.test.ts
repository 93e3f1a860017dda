import { rmSync } from 'node:fs'
import { rabbitmqBus } from 'liveroot/rabbitmq'
import { describeWithBroker } from '../support/brokers.ts'
import { knowsStreams, startOwnBroker, streamsFileOf } from '../support/own-broker.ts'
import { until } from '../support/until.ts'

describeWithBroker(
  'rabbitmq',
  'rabbitmq, which has lost its stream in a crash and refuses it for ever',
  () => {
    test('topics without history go on at once; those with history go on with another stream, after a gap', async () => {
      const own = await startOwnBroker('rabbitmq')
      const make = () => rabbitmqBus({ url: own.url, streamWaitMs: 3_000 })
      const [a, b] = [make(), make()]
      const late = make()
      const errors: string[] = []
      const settings = {
        history: (topic: string) => (topic === 'kept' ? 100 : 0),
        onError: (error: unknown) => errors.push((error as Error).message),
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
        await a.publish('kept', '1')
        await came(kept, 1)
        const before = subscriptions[0]?.position ?? null
        await until(
          () => knowsStreams(own),
          () => 'the broker does not write where its streams are',
        )

        await own.kill()
        // What a broker has not written yet when it is killed within a second of its first stream.
        rmSync(streamsFileOf(own))
        await own.start()
        const waits = a.publish('kept', '2')
        await came(plain, 1)
        await a.publish('plain', 'first')
        await came(plain, 2)
        expect(plain).toEqual(['GAP', 'first'])
        expect(kept).toEqual(['1'])

        await waits
        // Whatever a publishes before b reads the new stream is in b's gap, too.
        await came(kept, 2)
        await a.publish('kept', '3')
        await until(
          () => kept.at(-1) === '3',
          () => `${kept} have come`,
        )
        // '2' came before b had the new stream, or after.
        expect(kept.filter((each) => each !== '2')).toEqual(['1', 'GAP', '3'])
        await a.publish('plain', 'second')
        await came(plain, 3)
        expect(plain).toEqual(['GAP', 'first', 'second'])
        expect(errors.filter((each) => each.includes('history cannot be used yet')).length).toBeGreaterThan(0)

        // Another server finds the new stream, and that a position is one of the old.
        await late.start(settings)
        const seen: string[] = []
        const listener = {
          message: ({ text }: { text: string }) => seen.push(text),
          gap: () => seen.push('GAP'),
        }
        await late.subscribe('kept', subscriptions[0]?.position ?? null, listener).ready
        await late.subscribe('kept', before, listener).ready
        expect(seen).toEqual(['GAP'])
      } finally {
        await Promise.all([a.close(), b.close(), late.close()])
        await own.remove()
      }
    }, 420_000)
  },
)

function came(list: readonly string[], count: number): Promise<void> {
  return until(
    () => list.length >= count,
    () => `${list} have come, not ${count}`,
  )
}
