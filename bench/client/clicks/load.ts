/**
 * The browsers of `clicks` and `durability`: `load.ts <plan> <recording> [name of the one to profile]`. Tells
 * its parent the figures by the targets' names.
 */
import type { Measured } from '../../control-messages.ts'
import { Control } from '../control.ts'
import { type Answered, type Clicker, type ClickSystem, openClicker } from './clicker.ts'
import type { ClickRecording } from './recording.ts'

/** What clicks cost one system. */
export interface LoadFigures {
  /** Of one browser alone: from the click to the new count, and to the result. */
  readonly updateMs: Quantiles
  readonly resultMs: Quantiles
  /** With many browsers at once, each of which clicks again when the last click was answered. */
  readonly clicksPerSecond: number
  readonly cpuMicros: number
  /** The part of its core that the server was busy meanwhile; well under 1, and the clicks came too slowly. */
  readonly busy: number
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

/** What is clicked on. */
export interface ClickTarget {
  readonly name: string
  readonly system: ClickSystem
  readonly port: number
}

export interface LoadPlan {
  readonly targets: readonly ClickTarget[]
  /** Clicks of one browser alone, in each round. */
  readonly clicksAlone: number
}

export const browsers = 50
const clicksOfEach = 80
const warmUpRounds = 4
const rounds = 11
/** A busy machine gets fewer rounds. */
const fewestRounds = 4
const roundsMs = 30_000

interface Subject {
  readonly control: Control
  readonly alone: Clicker[]
  readonly crowd: Clicker[]
}

const [plan, recorded, profile] = process.argv.slice(2) as [string, string, string?]
const { targets, clicksAlone } = JSON.parse(plan) as LoadPlan
const recording = JSON.parse(recorded) as ClickRecording

async function open({ system, port }: ClickTarget): Promise<Subject> {
  const clickers: Clicker[] = []
  for (let i = 0; i < browsers; i++) clickers.push(await openClicker(system, port, recording))
  return { control: await Control.open(port), alone: clickers.slice(0, 1), crowd: clickers }
}

interface Round extends Measured {
  readonly answers: Answered[]
  readonly seconds: number
}

async function round({ control }: Subject, clickers: readonly Clicker[], clicks: number): Promise<Round> {
  const answers: Answered[] = []
  await control.start()
  const from = performance.now()
  await Promise.all(
    clickers.map(async (clicker) => {
      for (let i = 0; i < clicks; i++) answers.push(await clicker.click())
    }),
  )
  const seconds = (performance.now() - from) / 1000
  return { ...(await control.stop()), answers, seconds }
}

class Figures {
  private readonly rounds: { alone: Round; crowd: Round }[] = []

  constructor(private readonly subject: Subject) {}

  async measure(): Promise<void> {
    const { alone, crowd } = this.subject
    this.rounds.push({
      alone: await round(this.subject, alone, clicksAlone),
      crowd: await round(this.subject, crowd, clicksOfEach),
    })
  }

  /** What was measured so far was to warm up. */
  forget(): void {
    this.rounds.length = 0
  }

  get all(): LoadFigures {
    const alone = this.rounds.map((each) => each.alone)
    const crowd = this.rounds.map((each) => each.crowd)
    const clicks = browsers * clicksOfEach
    const seconds = undisturbed(crowd.map((each) => each.seconds))
    const cpuMicros = undisturbed(crowd.map((each) => each.cpuMicros))
    return {
      updateMs: quantiles(alone.map(({ answers }) => answers.map(({ updateMs }) => updateMs))),
      resultMs: quantiles(alone.map(({ answers }) => answers.map(({ resultMs }) => resultMs))),
      clicksPerSecond: clicks / seconds,
      cpuMicros: cpuMicros / clicks,
      busy: cpuMicros / 1e6 / seconds,
    }
  }
}

function quantiles(ofRounds: readonly number[][]): Quantiles {
  const at = (part: number) => undisturbed(ofRounds.map((values) => quantile(values, part)))
  return { p50: at(0.5), p99: at(0.99) }
}

/** Of the rounds' figures: what else runs on a machine only ever adds, so the lower quartile tells most. */
function undisturbed(ofRounds: readonly number[]): number {
  return quantile(ofRounds, 0.25)
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] as number
}

async function measure(): Promise<Record<string, LoadFigures>> {
  const figures: Figures[] = []
  for (const target of targets) figures.push(new Figures(await open(target)))
  // In turn, so that whatever else the machine does meets all of them alike.
  const measureAll = async () => {
    for (const each of figures) await each.measure()
  }
  for (let i = 0; i < warmUpRounds; i++) await measureAll()
  for (const each of figures) each.forget()
  const end = performance.now() + roundsMs
  for (let i = 0; i < rounds && (i < fewestRounds || performance.now() < end); i++) await measureAll()
  return Object.fromEntries(targets.map(({ name }, i) => [name, (figures[i] as Figures).all]))
}

/** Where the server's time goes, with many browsers. */
async function profiled(target: ClickTarget): Promise<string[]> {
  const subject = await open(target)
  for (let i = 0; i < warmUpRounds; i++) await round(subject, subject.crowd, clicksOfEach)
  await subject.control.startProfile()
  for (let i = 0; i < rounds; i++) await round(subject, subject.crowd, clicksOfEach)
  return subject.control.stopProfile()
}

const profiledTarget = targets.find(({ name }) => name === profile)
process.send?.(profiledTarget ? await profiled(profiledTarget) : await measure(), () => process.exit(0))
