import { expectNothingWrong } from '../cluster/short-run.ts'
import { describeWithBroker } from '../support/brokers.ts'

jest.setTimeout(300_000)

for (const broker of ['redis', 'nats'] as const) {
  describeWithBroker(broker, `a cluster with ${broker}`, () => {
    test('a killed server loses no message and no call, and everybody sees the same', () => {
      return expectNothingWrong(broker)
    })
  })
}
