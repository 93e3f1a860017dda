import { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import type { Item } from './cases.ts'
import type { Finding } from './finding.ts'

/** What is attacked: one half of Liveroot, in a process that may be started anew. */
export interface Target {
  readonly name: string
  /** Cases that are played at the same time. */
  readonly atOnce: number
  /** Messages that it was sent. */
  readonly sent: number
  /** False when it must be started anew before more can be learnt from it. */
  readonly well: boolean
  /** Starts it, in place of the one before. */
  start(): Promise<void>
  /** Plays some cases. Returns what is wrong, with the cases that may have led to it. */
  play(cases: readonly (readonly Item[])[]): Promise<Suspicion | null>
  /** What it holds when nobody uses it but the bystander. */
  figures(): Promise<Figures>
  /** What there is to tell of it. */
  report(): Promise<string[]>
  stop(): Promise<void>
}

export interface Suspicion {
  readonly finding: Finding
  readonly suspects: readonly (readonly Item[])[]
}

export function startServer(): Child {
  return Child.start(new URL('./server.ts', import.meta.url))
}

export function startBrowser(): Child {
  return Child.start(new URL('./browser.ts', import.meta.url))
}
