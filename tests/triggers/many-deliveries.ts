// A source that is brought many deliveries, in a process of its own: what it holds after shows what it keeps of them.
import { source } from '../../src/server/queue-source.ts'
import type { Delivery, QueueListener } from '../../src/server/source.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures } from '../processes/figures.ts'

let listener: QueueListener | undefined

source(
  {
    name: 'a queue',
    start: (listening) => {
      listener = listening
      return { stop: async () => {} }
    },
  },
  () => {},
).start({
  publish: async () => {},
  locks: { claim: async () => true, close: async () => {} },
  failed: (error) => {
    throw error
  },
})

const nothing = async () => {}
const delivery: Delivery = {
  id: '1',
  body: Buffer.from('1'),
  headers: {},
  attempt: 1,
  ack: nothing,
  retry: nothing,
  deadLetter: nothing,
}

answerParent({
  bring: async (count: number) => {
    for (let i = 0; i < count; i++) {
      await listener?.deliver(delivery)
      // What is only kept until a turn has ended is not kept.
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return (await figures()).heapBytes
  },
})
