import { busConformance } from 'liveroot/testing'
import { MemoryHub, memoryBus } from './memory-bus.ts'

const hubs = new Map<string, MemoryHub>()

const cases = busConformance({
  connect({ prefix }) {
    const hub = hubs.get(prefix) ?? new MemoryHub()
    hubs.set(prefix, hub)
    return memoryBus({ hub })
  },
})

for (const { name, run } of cases) test(name, run, 60_000)
