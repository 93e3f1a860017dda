/** How long an acknowledgement may wait for more frames to acknowledge with it. */
const withinMs = 500

/**
 * Tells the server what has arrived and what is on screen. Not of each frame by itself, for that would cost as much as
 * the frames do: when a quarter of the server's window is used, or after a while.
 */
export class Acknowledgements {
  private sent = { received: 0, shown: 0 }
  private latest = this.sent
  private timer: ReturnType<typeof setTimeout> | undefined

  /**
   * @param window frames that the server sends ahead of their acknowledgement.
   */
  constructor(
    private readonly window: () => number,
    private readonly send: (received: number, shown: number) => void,
  ) {}

  /** At once where the server may be waiting for it. */
  update(received: number, shown: number, atOnce = false): void {
    this.latest = { received, shown }
    if (received <= this.sent.received && shown <= this.sent.shown) return
    if (atOnce || received - this.sent.received >= this.window() / 4) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), withinMs)
  }

  private flush(): void {
    const { received, shown } = this.latest
    this.stop()
    this.sent = this.latest
    this.send(received, shown)
  }

  /** Sends nothing any more until the next update. */
  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** Sends the newest again. */
  repeat(): void {
    if (this.latest.received > 0) this.flush()
  }

  /** What was received is for another tree, or not there any more. */
  restart(): void {
    this.stop()
    this.sent = { received: 0, shown: 0 }
    this.latest = this.sent
  }
}
