import { expectNothingWrong } from '../chaos/short-run.ts'
import { describeWithBroker } from '../support/brokers.ts'

jest.setTimeout(300_000)

for (const broker of ['redis', 'nats'] as const) {
  describeWithBroker(broker, `chaos with ${broker}`, () => {
    test('cut connections and a killed server change nothing of what browsers show', () => {
      return expectNothingWrong(broker)
    })
  })
}
