import type { ClientSession } from '../../src/client/session.ts'
import type { ClientSocketListener, Connect } from '../../src/client/transport.ts'
import type { Body } from '../../src/protocol/messages.ts'

/** How often the client is looked at until it has connected again, or has given up. */
const looks = 100

/** What the client takes for a server: it says what a case wants it to say. */
export class HostileServer {
  private listener: ClientSocketListener | null = null

  readonly connect: Connect = (listener) => {
    setImmediate(() => {
      this.listener = listener
      listener.opened()
    })
    return { send: () => {}, close: () => this.forget(listener) }
  }

  private forget(listener: ClientSocketListener): void {
    if (this.listener === listener) this.listener = null
  }

  /** True once the client has a connection; false when it will not have one any more. */
  async listens(session: ClientSession): Promise<boolean> {
    for (let i = 0; i < looks; i++) {
      if (this.listener !== null) return true
      if (session.status.current.state === 'closed') return false
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    return false
  }

  say(body: Body): void {
    this.listener?.message(body)
  }

  /** The connection breaks. */
  cut(): void {
    const { listener } = this
    this.listener = null
    listener?.closed(1006)
  }
}
