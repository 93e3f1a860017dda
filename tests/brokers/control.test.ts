import { randomUUID } from 'node:crypto'
import { redisBus } from '../../src/adapters/redis/index.ts'
import { controlCases } from '../control/control-cases.ts'
import { describeWithBroker } from '../support/brokers.ts'

describeWithBroker('redis', 'two servers that reach each other’s sessions', (url) => {
  const prefix = `control-${randomUUID()}`
  controlCases(() => redisBus({ url, prefix }))
})
