import type { Push } from './app.tsx'

/** Server pushes by an HTTP hook: absolute values, each repeated until it is answered. */
export class Pushes {
  answered = 0
  repeated = 0
  private version = 0
  private stopping = false

  /** @param port that of a server that is there now, or was until a moment ago. */
  constructor(
    private readonly clients: number,
    private readonly port: () => number,
  ) {}

  /** Pushes to one client after the other until it is stopped. */
  async run(pauseMs: number): Promise<void> {
    for (let client = 0; !this.stopping; client = (client + 1) % this.clients) {
      await this.push(client, `push ${this.version}`)
      await sleep(pauseMs)
    }
  }

  stop(): void {
    this.stopping = true
  }

  /** Pushes a last value to every client, and returns these. */
  async last(): Promise<string[]> {
    const values = Array.from({ length: this.clients }, (_, client) => `last of ${client}`)
    for (const [client, value] of values.entries()) await this.push(client, value)
    return values
  }

  private async push(client: number, value: string): Promise<void> {
    const push: Push & { topic: string } = { topic: `push/${client}`, version: ++this.version, value }
    while (!(await this.isAnswered(JSON.stringify(push)))) {
      this.repeated++
      await sleep(50)
    }
    this.answered++
  }

  private async isAnswered(body: string): Promise<boolean> {
    try {
      const headers = { 'content-type': 'application/json' }
      const url = `http://127.0.0.1:${this.port()}/push`
      return (await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(5_000) })).ok
    } catch {
      return false
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
