import type { ClientSession } from '../../src/client/session.ts'
import type { ClientSocketListener, Connect } from '../../src/client/transport.ts'
import type { Body } from '../../src/protocol/messages.ts'

/** Turns that the client may take until it has connected; with nothing mounted it will not. */
const enoughTurns = 100

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
    for (let turn = 0; turn < enoughTurns; turn++) {
      if (this.listener !== null) return true
      const { state, retryNow } = session.status.current
      if (state === 'closed') return false
      // Thousands of cases would each wait for a timer.
      if (state === 'waiting') retryNow()
      await new Promise((resolve) => setImmediate(resolve))
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
