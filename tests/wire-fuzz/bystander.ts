import { Peer } from '../failures/peer.ts'
import type { Child } from '../processes/child.ts'
import { patiently } from '../processes/patience.ts'
import type { Finding } from './finding.ts'

/** Between two clicks; fewer of them would be more than `maxCallsPerSecond` where the server has little to do. */
const pauseMs = 5

/** A session that clicks all the time, beside those of an attack. */
export class Bystander {
  clicks = 0
  slowestMs = 0
  /** What disturbed it. */
  disturbed: Finding | null = null
  private stopped = false

  private constructor(
    private readonly server: Child,
    private readonly peer: Peer,
  ) {}

  static async open(server: Child, port: number): Promise<Bystander> {
    const peer = await Peer.open(port, true, {}, Number.POSITIVE_INFINITY)
    await peer.mount(1, '/counter')
    const bystander = new Bystander(server, peer)
    void bystander.run()
    return bystander
  }

  private async run(): Promise<void> {
    try {
      while (!this.stopped) await this.click()
    } catch (error) {
      if (!this.stopped) this.disturbed = { what: 'the bystander was disturbed', details: String(error) }
    }
  }

  private async click(): Promise<void> {
    const { peer } = this
    const n = this.clicks + 1
    const start = performance.now()
    peer.messages.length = 0
    peer.send(`c${n},1,${n},1\n0.onClick`)
    const answered = peer.until(() => peer.messages.length >= 2 || peer.closed !== null)
    await patiently([this.server], answered).catch(() => {})
    const heard = peer.messages.join(' | ')
    if (peer.closed !== null || heard !== `f1,${n + 1}\n0:[[1,[0],${n}]]\n | r${n},${n + 1}`) {
      throw new Error(`Click ${n} was answered with ${heard}; closed: ${JSON.stringify(peer.closed)}`)
    }
    peer.send(`a1,${n + 1},${n + 1}`)
    this.clicks = n
    this.slowestMs = Math.max(this.slowestMs, performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }

  stop(): void {
    this.stopped = true
    this.peer.end()
  }
}
