import { getHeapCodeStatistics } from 'node:v8'

/** What a process holds, when all that nobody uses any more is collected. */
export interface Figures {
  /** What JavaScript holds, and the bytes of its buffers. */
  readonly heapBytes: number
  /** Of these, what the engine has compiled: more while the program is young, and now and then another part of it. */
  readonly codeBytes: number
  /** What keeps the process alive, by kind: timers, sockets, servers. */
  readonly resources: Readonly<Record<string, number>>
  /** What nobody caught, since it was last asked for. */
  readonly failures: readonly string[]
}

const failures: string[] = []

/** What Node says of its own parts, and not of their use. */
const ofNode = new Set(['ExperimentalWarning', 'DeprecationWarning'])

/**
 * From now on, nothing that nobody catches ends the process: it is told in {@link figures}, unless it is expected. So are
 * warnings, such as of too many listeners.
 */
export function keepFailures(expected: (error: unknown) => boolean = () => false): void {
  for (const name of ['unhandledRejection', 'uncaughtException']) {
    process.on(name, (error) => {
      if (!expected(error)) failures.push(`${name}: ${(error as Error)?.stack ?? error}`)
    })
  }
  process.on('warning', (warning) => {
    if (!ofNode.has(warning.name)) failures.push(`warning: ${warning.stack ?? warning}`)
  })
}

/** What nobody caught since this was last asked. */
export function takeFailures(): string[] {
  return failures.splice(0)
}

/** Collects what can be collected first. Needs `--expose-gc`. */
export async function figures(): Promise<Figures> {
  // What is collected first may let go of more: finalizers and streams take turns of the event loop.
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  const { code_and_metadata_size, bytecode_and_metadata_size } = getHeapCodeStatistics()
  const codeBytes = code_and_metadata_size + bytecode_and_metadata_size
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  return { heapBytes: heapUsed + arrayBuffers, codeBytes, resources, failures: takeFailures() }
}
