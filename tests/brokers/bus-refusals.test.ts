import { natsBus } from 'liveroot/nats'
import { describeWithBroker } from '../support/brokers.ts'

describeWithBroker('nats', 'what nats does not take', (url) => {
  test('a message over its max_payload is refused, and the ones after it are taken', async () => {
    const bus = natsBus({ url, prefix: `t${process.pid}` })
    const errors: unknown[] = []
    await bus.start({ history: () => 0, onError: (error) => errors.push(error) })
    try {
      const large = bus.publish('a', 'x'.repeat(2_000_000))
      const small = bus.publish('a', 'x')
      await expect(large).rejects.toMatchObject({ code: 'message_too_large', retry: false })
      await small
      expect(errors).toEqual([])
    } finally {
      await bus.close()
    }
  }, 60_000)
})
