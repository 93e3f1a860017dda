import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { WebSocket } from 'ws'
import type { Command, Measured } from '../control-messages.ts'
import { CpuProfile, now } from './cpu-profile.ts'
import { memoryFloorMicros } from './memory-floor.ts'

const loopDelayResolutionMs = 1

/** Does what the measuring process asks for, on a socket of its own beside those that are measured. */
export function answerControl(control: WebSocket, publish: (n: number) => void): void {
  const meter = new Meter()
  const answer = (value: unknown) => control.send(JSON.stringify(value))
  const run: { [C in Command[0]]: (argument: number) => void | Promise<void> } = {
    publish,
    publishAndSettle: (n) => {
      publish(n)
      // What a message causes is rendered in this turn and would be sent in the next.
      setImmediate(() => setImmediate(() => setImmediate(() => answer(null))))
    },
    start: (withLoopDelay) => answer(meter.start(withLoopDelay === 1)),
    stop: () => answer(meter.stop()),
    floor: (owners) => answer(memoryFloorMicros(owners)),
    heap: async () => answer(await heapAfterCollection()),
    startProfile: async () => answer(await meter.profile.start()),
    stopProfile: async () => answer(await meter.profile.stop()),
  }
  control.on('message', (data) => {
    const [name, argument = 0] = JSON.parse(String(data)) as Command
    void run[name](argument)
  })
}

class Meter {
  readonly profile = new CpuProfile()
  private from = process.cpuUsage()
  private startedAt = 0
  private readonly loopDelay = monitorEventLoopDelay({ resolution: loopDelayResolutionMs })

  start(withLoopDelay: boolean): null {
    this.loopDelay.reset()
    if (withLoopDelay) this.loopDelay.enable()
    this.startedAt = now()
    this.from = process.cpuUsage()
    return null
  }

  stop(): Measured {
    const { user, system } = process.cpuUsage(this.from)
    this.profile.addRound(this.startedAt, now())
    this.loopDelay.disable()
    // The histogram holds the time between two ticks of its timer.
    const loopDelayMs = Math.max(0, this.loopDelay.percentile(99) / 1e6 - loopDelayResolutionMs)
    return { cpuMicros: user + system, loopDelayMs }
  }
}

/** Several collections, for weak references and finalizers take a turn. */
export async function heapAfterCollection(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed
}
