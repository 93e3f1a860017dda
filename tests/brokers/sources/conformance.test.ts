import { queueConformance } from 'liveroot/testing'
import { type BrokerName, describeWithBroker } from '../../support/brokers.ts'
import { setUps } from './queues.ts'

for (const broker of Object.keys(setUps) as BrokerName[]) {
  describeWithBroker(broker, `a queue of ${broker}`, (url) => {
    for (const { name, run } of queueConformance((settings) => setUps[broker](url, settings)))
      test(name, run, 120_000)
  })
}
