/** What a page leaves to the next one in its tab, by the server that the session is of. */
interface Kept {
  readonly token: string
  /** The build for which the page reloads: it does so once, whatever comes back. */
  readonly build: string
}

/** Lets a page that reloads itself go on with its session. The entry is there only meanwhile: a copied tab finds none. */
export class KeptSession {
  private readonly key: string
  /** What the page before has left. */
  readonly taken: Kept | null

  constructor(url: string) {
    this.key = `liveroot ${url}`
    this.taken = this.take()
  }

  private take(): Kept | null {
    try {
      const text = sessionStorage.getItem(this.key)
      sessionStorage.removeItem(this.key)
      return text === null ? null : (JSON.parse(text) as Kept)
    } catch {
      // No storage, as in a sandboxed frame, or not what was left there.
      return null
    }
  }

  leave(kept: Kept): void {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(kept))
    } catch {
      // The next page begins a session of its own.
    }
  }
}
