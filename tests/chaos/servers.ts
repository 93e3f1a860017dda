import { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import type { Draw } from '../support/random.ts'

export interface ServerFigures extends Figures {
  readonly connections: number
  readonly sessions: number
  readonly mounted: number
  readonly errors: readonly string[]
}

/** Server processes on ports of their own, which die and come back. */
export class Servers {
  kills = 0
  ports: number[] = []
  private children: Child[] = []
  private killing: Promise<void> = Promise.resolve()
  private readonly spared = signal()

  /**
   * @param program what each runs.
   * @param args what it is started with.
   */
  constructor(
    private readonly program: URL,
    private readonly count: number,
    private readonly args: readonly string[],
  ) {}

  async start(): Promise<void> {
    this.children = Array.from({ length: this.count }, () => this.launch())
    this.ports = await Promise.all(this.children.map((child) => child.ask<number>('listen', 0)))
  }

  private launch(): Child {
    return Child.start(this.program, { args: this.args })
  }

  /**
   * Kills one of them, as `kill -9` does, so long after the last one was there again, and starts it anew at once.
   *
   * @param killed looks on, from each kill on; the next one waits for it, too.
   */
  killEvery(everyMs: number, draw: Draw, killed: () => Promise<void> = async () => {}): void {
    this.killing = this.killOn(everyMs, draw, killed)
  }

  private async killOn(everyMs: number, draw: Draw, killed: () => Promise<void>): Promise<void> {
    let watched: Promise<unknown> = Promise.resolve()
    let at = draw.below(this.count)
    for (;;) {
      const pause = new Promise((resolve) => setTimeout(resolve, everyMs))
      await Promise.race([this.spared.promise, Promise.all([pause, watched])])
      if (this.spared.done) return void (await watched)
      // Another one than the last time: nobody may have come to that yet.
      at = (at + 1 + draw.below(this.count - 1)) % this.count
      const kill = this.kill(at)
      watched = killed()
      await kill
    }
  }

  private async kill(at: number): Promise<void> {
    await this.children[at]?.kill()
    this.kills++
    const child = this.launch()
    this.children[at] = child
    await child.ask('listen', this.ports[at])
  }

  /** From now on they live. */
  async spare(): Promise<void> {
    this.spared.resolve()
    await this.killing
  }

  figures(): Promise<ServerFigures[]> {
    return Promise.all(this.children.map((child) => child.ask<ServerFigures>('figures')))
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()))
  }
}

interface Signal {
  readonly promise: Promise<void>
  readonly done: boolean
  resolve(): void
}

function signal(): Signal {
  let resolve = (): void => {}
  let done = false
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return {
    promise,
    get done() {
      return done
    },
    resolve() {
      done = true
      resolve()
    },
  }
}
