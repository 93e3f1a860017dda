/** The moments at which a page may have slept, or its network may have gone or come back: no connection tells of those. */
export class WakeEvents {
  private on = false

  constructor(private readonly woke: () => void) {}

  listen(): void {
    if (this.on || typeof window === 'undefined') return
    this.on = true
    window.addEventListener('online', this.woke)
    window.addEventListener('offline', this.woke)
    window.addEventListener('pageshow', this.shown)
    document.addEventListener('visibilitychange', this.visible)
  }

  stop(): void {
    if (!this.on) return
    this.on = false
    window.removeEventListener('online', this.woke)
    window.removeEventListener('offline', this.woke)
    window.removeEventListener('pageshow', this.shown)
    document.removeEventListener('visibilitychange', this.visible)
  }

  private readonly visible = (): void => {
    if (document.visibilityState === 'visible') this.woke()
  }

  /** The browser had put the page away, and brings it back as it was. */
  private readonly shown = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) this.woke()
  }
}
