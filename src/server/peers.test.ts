import { MemoryHub, memoryBus } from './memory-bus.ts'
import { Peers } from './peers.ts'

const leaseMs = 1_000
let offsetMs = 0
const now = performance.now.bind(performance)

beforeEach(() => {
  offsetMs = 0
  jest.spyOn(performance, 'now').mockImplementation(() => now() + offsetMs)
})

afterEach(() => jest.restoreAllMocks())

test('time in which a server stood still counts for nobody’s silence; silence that it could hear does', async () => {
  const bus = memoryBus({ hub: new MemoryHub() })
  await bus.start({ history: () => 0, onError() {} })
  const errors: unknown[] = []
  const peers = new Peers({
    bus,
    topic: 'servers',
    leaseMs,
    onBadMessage: (error) => errors.push(error),
    onError: (error) => errors.push(error),
  })
  const gone: string[] = []
  let beats = 0
  const beaten = async (count: number) => {
    for (const wanted = beats + count; beats < wanted; )
      await new Promise((resolve) => setTimeout(resolve, 1))
  }
  peers.listen({ gone: (server) => gone.push(server), returned() {}, beat: () => beats++ })
  await beaten(1)
  peers.heardOf('other')
  // Longer than half a lease, and less than one: it may have been heard just before.
  for (let stop = 0; stop < 3; stop++) {
    offsetMs += leaseMs - 50
    await beaten(1)
    expect(gone).toEqual([])
  }
  peers.heardOf('other')
  offsetMs += 10 * leaseMs
  await beaten(1)
  expect(gone).toEqual([])
  while (gone.length === 0) await beaten(1)
  expect(gone).toEqual(['other'])
  peers.close()
  await bus.close()
  expect(errors).toEqual([])
})
