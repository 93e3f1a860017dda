import { until } from '../../tests/support/until.ts'
import { memoryBus } from './memory-bus.ts'
import { SharedChannel } from './shared-channel.ts'

test('a long text travels in pieces that are whole characters each, which every engine carries', async () => {
  const bus = memoryBus()
  await bus.start({ history: () => 0, onError() {} })
  const carried: string[] = []
  const heard: string[] = []
  bus.subscribe('tree', null, { message: ({ text }) => carried.push(text), gap() {} })
  const channel = new SharedChannel(bus, 'tree', 'a', { text: (text) => heard.push(text), gap() {} })
  await channel.ready
  // Wherever it is cut, one of the two is cut in the middle of a character.
  const texts = ['{', '{"'].map((start) => start + '🙂'.repeat(150_000))
  for (const text of texts) await channel.send(text)
  await until(() => heard.length === texts.length)
  expect(heard.map((text, i) => text === texts[i])).toEqual([true, true])
  expect(carried.length).toBeGreaterThan(texts.length)
  expect(carried.filter((text) => /\p{Surrogate}/u.test(text))).toEqual([])
  channel.close()
  await bus.close()
})
