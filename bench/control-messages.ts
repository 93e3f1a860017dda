/** What the measuring process asks of the server process: a name and a number. */
export type Command = readonly [
  name: 'publish' | 'publishAndSettle' | 'start' | 'stop' | 'heap' | 'floor' | 'startProfile' | 'stopProfile',
  argument?: number,
]

/** What happened between `start` and `stop`. */
export interface Measured {
  readonly cpuMicros: number
  /** The 99th percentile, where `start` asked for it. */
  readonly loopDelayMs: number
}
