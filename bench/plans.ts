/** How a scenario is measured. Imports nothing, so that the clients load no React. */
export interface Plan {
  /** Connected browsers. */
  readonly clients: number
  /** Updates per browser in one round. */
  readonly updates: number
  readonly rounds: number
  /** Fewer of both where one whole tree takes tens of milliseconds. */
  readonly ofWholeTrees?: { readonly clients: number; readonly updates: number }
  /** Roots mounted to weigh one. */
  readonly heapRoots: number
  /** What an update may cost in bytes. */
  readonly targetBytes: number
  /** Whether the browser's click starts an update, or a message on the server. */
  readonly trigger: 'click' | 'message'
  /** True when an update must send nothing. */
  readonly silent?: boolean
  /** True when every update adds to the tree: then each round starts with a new one. */
  readonly grows?: boolean
}

const onMessage = { trigger: 'message', rounds: 9 } as const
const ofTable = {
  ...onMessage,
  clients: 10,
  heapRoots: 10,
  ofWholeTrees: { clients: 3, updates: 4 },
} as const

export const plans = {
  counter: { clients: 50, updates: 60, rounds: 9, heapRoots: 1000, targetBytes: 40, trigger: 'click' },
  'table-cell': { ...ofTable, updates: 20, targetBytes: 80 },
  'dashboard-five': { ...onMessage, clients: 40, updates: 30, heapRoots: 200, targetBytes: 110 },
  'chat-append': { ...onMessage, clients: 40, updates: 20, heapRoots: 200, targetBytes: 180, grows: true },
  'table-prepend': { ...ofTable, updates: 20, targetBytes: 300, grows: true },
  'closures-only': { ...onMessage, clients: 40, updates: 20, heapRoots: 200, targetBytes: 0, silent: true },
} as const satisfies Record<string, Plan>

export type PlanName = keyof typeof plans

export const planNames = Object.keys(plans) as PlanName[]

/** `wholeTreeFlight` renders the whole tree to a Flight payload for every browser and every update. */
export type System = 'liveroot' | 'wholeTreeFlight'

/** Bounds for `scale`: CPU per delivered update with the most roots, against the fewest. */
export const scaleSizes = [100, 1000, 10_000] as const
export const targetScaleRatio = 1.5
export const targetHeapKb = 10

/** Sessions that are weighed awake and asleep, by scenario. */
export const sleepPlans: Readonly<Record<string, number>> = {
  counter: 1000,
  'dashboard-five': 200,
  'table-cell': 20,
}

export interface SleepFigures {
  readonly name: string
  readonly sessions: number
  /** Kilobytes of heap for each; this is one without a root. */
  readonly emptyKb: number
  readonly awakeKb: number
  readonly asleepKb: number
}

/** Bounds for `clicks`: bytes of a click, and what it costs against one echo of as many bytes. */
export const clickTargets = { bytesUp: 50, bytesDown: 45, cpuRatio: 3, roundTripRatio: 2 } as const

/** How state is kept: not at all, to be stored when the session sleeps, or stored with each click. */
export type Keeping = 'none' | 'memory' | 'file'

/** CPU of a click whose effects are stored by `fileStore`, against one where no state is kept. */
export const durabilityTarget = 1.25

/** What every browser is told of at once: by a tree of its own, by one tree for all, or one cell of a large table. */
export type FanoutScenario = 'fanout-private' | 'fanout-shared' | 'fanout-table'

/** Bounds for `fanout`: deliveries per CPU second against bare `ws`, CPU of a cell of the table, and how late the loop is. */
export const fanoutTargets = {
  ratios: { private: 0.4, shared: 0.8 },
  tableMicros: 60,
  loopDelayMs: 30,
} as const
