/** About 2 KB, a quarter of what an update of a small live tree allocates: hooks, props and nodes stay until the next. */
const keptObjects = 40

const updates = 20_000
const rounds = 7

interface Kept {
  readonly next: Kept | null
  readonly value: number
  readonly owner: Owner
}

interface Owner {
  kept: Kept | null
}

/**
 * What the collector of garbage makes an update cost the more owners there are: a bare loop in which every update makes
 * a few small objects and lets go of those of the update before. Of few owners they are gone before the collector comes;
 * of many they are all still there, and it copies them.
 *
 * @returns the CPU microseconds of one such update, the median of some rounds.
 */
export function memoryFloorMicros(count: number): number {
  const owners = Array.from({ length: count }, (): Owner => ({ kept: null }))
  const measured: number[] = []
  for (let round = 0; round < rounds; round++) {
    const from = process.cpuUsage()
    for (let i = 0; i < updates / count; i++) for (const owner of owners) update(owner, i)
    const { user, system } = process.cpuUsage(from)
    measured.push((user + system) / updates)
  }
  return measured.sort((a, b) => a - b)[rounds >> 1] as number
}

function update(owner: Owner, value: number): void {
  let kept: Kept | null = null
  for (let i = 0; i < keptObjects; i++) kept = { next: kept, value, owner }
  owner.kept = kept
}
