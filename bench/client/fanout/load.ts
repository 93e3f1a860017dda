/** The browsers of `fanout`: `load.ts <kind> <ports> [profile]`. Tells its parent the figures. */
import type { WebSocket } from 'ws'
import { Control } from '../control.ts'
import { Tally } from '../tally.ts'
import { closeSocket } from '../viewer.ts'
import { FanoutViewer, openSocket } from './fanout-viewer.ts'

/** What it costs one system to tell so many browsers. */
export interface FanoutFigures {
  readonly system: FanoutSystem
  readonly viewers: number
  readonly cpuMicrosPerDelivery: number
  /** 99th percentile of how late the server's event loop was. */
  readonly loopDelayMs: number
  readonly bytesPerDelivery: number
}

export type FanoutSystem = 'private' | 'shared' | 'table' | 'floor'

interface Plan {
  readonly systems: readonly FanoutSystem[]
  readonly sizes: readonly number[]
  readonly deliveriesPerRound: number
  readonly warmUpRounds: number
}

const plans: Record<string, Plan> = {
  fanout: {
    systems: ['private', 'shared', 'floor'],
    sizes: [1000, 10_000],
    deliveriesPerRound: 40_000,
    warmUpRounds: 1,
  },
  // By then every row has changed once. At its first update React makes the other half of a component, which stays: a
  // table is mounted once, and changes for hours.
  'fanout-table': {
    systems: ['table', 'floor'],
    sizes: [100],
    deliveriesPerRound: 10_000,
    warmUpRounds: 11,
  },
}

const rounds = 5
/** Opened at a time: the server's queue of new connections is short. */
const openedAtOnce = 50

const [kind = '', ports = '', profile] = process.argv.slice(2)
const plan = plans[kind] as Plan

class Subject {
  private readonly tally = new Tally()
  private readonly sockets: WebSocket[] = []
  private published = 0
  /** Of one delivery, as it was measured; the floor sends as many. */
  bytes = 0

  constructor(
    readonly system: FanoutSystem,
    private readonly port: number,
    readonly control: Control,
  ) {}

  async open(viewers: number, bytes: number): Promise<void> {
    while (this.sockets.length < viewers) {
      const count = Math.min(openedAtOnce, viewers - this.sockets.length)
      await Promise.all(Array.from({ length: count }, () => this.openOne(bytes)))
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.sockets.splice(0).map(closeSocket))
  }

  private async openOne(bytes: number): Promise<void> {
    const host = `ws://127.0.0.1:${this.port}`
    if (this.system === 'floor') {
      const socket = await openSocket(`${host}/broadcast?${bytes}`, false)
      socket.on('message', (data: Buffer) => this.tally.update(data.length))
      return void this.sockets.push(socket)
    }
    const socket = await openSocket(`${host}/live`, true)
    this.sockets.push(socket)
    const viewer = new FanoutViewer(socket, this.tally)
    await viewer.mount(this.system === 'shared' ? 2 : 1)
  }

  async round(): Promise<Omit<FanoutFigures, 'system' | 'viewers'>> {
    const viewers = this.sockets.length
    const publishes = plan.deliveriesPerRound / viewers
    this.tally.reset()
    await this.control.start(true)
    for (let i = 1; i <= publishes; i++) {
      this.control.publish(++this.published)
      await this.tally.until(viewers * i)
    }
    const { cpuMicros, loopDelayMs } = await this.control.stop()
    const { updates, updateBytes } = this.tally
    if (updates !== plan.deliveriesPerRound) {
      throw new Error(`${plan.deliveriesPerRound} deliveries were due and ${updates} came to ${this.system}.`)
    }
    this.bytes = Math.round(updateBytes / updates)
    return { cpuMicrosPerDelivery: cpuMicros / updates, loopDelayMs, bytesPerDelivery: updateBytes / updates }
  }
}

async function openSubjects(): Promise<Subject[]> {
  const numbers = ports.split(',').map(Number)
  return Promise.all(
    plan.systems.map(async (system, i) => {
      const port = numbers[i] as number
      return new Subject(system, port, await Control.open(port))
    }),
  )
}

type Round = Awaited<ReturnType<Subject['round']>>

async function measureSize(subjects: readonly Subject[], viewers: number): Promise<FanoutFigures[]> {
  const figures: FanoutFigures[] = []
  let bytes = 0
  for (const subject of subjects) {
    // One after the other: a process may not open as many files as all of them together.
    await subject.open(viewers, bytes)
    for (let i = 0; i < plan.warmUpRounds; i++) await subject.round()
    const measured: Round[] = []
    for (let i = 0; i < rounds; i++) measured.push(await subject.round())
    await subject.close()
    bytes = subject.bytes
    const typical = (of: (round: Round) => number) => lower(measured.map(of))
    figures.push({
      system: subject.system,
      viewers,
      cpuMicrosPerDelivery: typical((round) => round.cpuMicrosPerDelivery),
      loopDelayMs: typical((round) => round.loopDelayMs),
      bytesPerDelivery: typical((round) => round.bytesPerDelivery),
    })
  }
  return figures
}

/** Of the rounds' figures: what else runs on a machine only ever adds, so the lower quartile tells most. */
function lower(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] as number
}

async function measure(): Promise<FanoutFigures[]> {
  const subjects = await openSubjects()
  const figures: FanoutFigures[] = []
  for (const size of plan.sizes) figures.push(...(await measureSize(subjects, size)))
  return figures
}

/** Where the time of each Liveroot server goes, with the fewest viewers. */
async function profiled(): Promise<Record<string, string[]>> {
  const profiles: Record<string, string[]> = {}
  for (const subject of await openSubjects()) {
    await subject.open(plan.sizes[0] as number, 30)
    for (let i = 0; i < plan.warmUpRounds; i++) await subject.round()
    await subject.control.startProfile()
    for (let i = 0; i < rounds; i++) await subject.round()
    profiles[subject.system] = await subject.control.stopProfile()
  }
  return profiles
}

process.send?.(profile === 'profile' ? await profiled() : await measure(), () => process.exit(0))
