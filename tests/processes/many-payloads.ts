// Payloads of React's writer, in a process of its own: what it holds after shows what it keeps of them.
import { encodeValue, readOpening } from '../../src/server/flight/encode.ts'
import { answerParent } from './answer-parent.ts'
import { figures } from './figures.ts'

answerParent({
  read: async (count: number) => {
    for (let i = 0; i < count; i++) {
      const payload = encodeValue([new Date(0), 'x'.repeat(2_000)], {}, () => undefined)
      const { rest } = await readOpening(payload)
      if (rest !== null) throw new Error('There is more of it.')
    }
    return (await figures()).heapBytes
  },
})
