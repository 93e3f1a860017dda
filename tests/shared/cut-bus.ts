import type { Bus } from 'liveroot/server'

/** A bus of a server that others cannot hear while it is cut off, and that hears nobody. */
export class CutBus implements Bus {
  cut = false
  /** What of it others do not hear. */
  loses = (_text: string): boolean => false

  constructor(private readonly inner: Bus) {}

  get state() {
    return this.inner.state
  }

  start(...args: Parameters<Bus['start']>) {
    return this.inner.start(...args)
  }

  async publish(topic: string, text: string) {
    if (!this.cut && !this.loses(text)) await this.inner.publish(topic, text)
  }

  subscribe(pattern: string, from: string | null, listener: Parameters<Bus['subscribe']>[2]) {
    return this.inner.subscribe(pattern, from, {
      message: (message) => {
        if (!this.cut) listener.message(message)
      },
      gap: () => listener.gap(),
    })
  }

  position(pattern: string) {
    return this.inner.position(pattern)
  }

  close() {
    return this.inner.close()
  }
}
