import { MemoryHub, memoryBus } from 'liveroot/server'
import { controlCases } from './control-cases.ts'

const hub = new MemoryHub()

describe('two servers of one process', () => controlCases(() => memoryBus({ hub })))
