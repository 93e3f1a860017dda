import type { WebSocket } from 'ws'
import type { Tally } from './tally.ts'
import { closeSocket, type Viewer } from './viewer.ts'

/** Receives a whole tree for every update; it has one root. */
export class FlightViewer implements Viewer {
  private received: (() => void) | undefined
  private mounting = false

  constructor(
    private readonly socket: WebSocket,
    private readonly tally: Tally,
  ) {
    socket.on('message', (data: Buffer) => {
      if (this.mounting) this.mounting = false
      else this.tally.update(data.length)
      this.received?.()
    })
  }

  mount(): Promise<void> {
    this.mounting = true
    return this.request('m')
  }

  unmount(): void {}

  async click(_root: number, times: number): Promise<void> {
    for (let i = 0; i < times; i++) await this.request('c')
  }

  /** Every update sends something, and is waited for. */
  async fence(): Promise<void> {}

  close(): Promise<void> {
    return closeSocket(this.socket)
  }

  private request(message: string): Promise<void> {
    this.socket.send(message)
    return new Promise((resolve) => {
      this.received = resolve
    })
  }
}
