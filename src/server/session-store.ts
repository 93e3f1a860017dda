/** What a store has of one session: texts by key. */
export type SessionEntries = ReadonlyMap<string, string>

/** What changed of a session since it was saved last. */
export interface SessionSave {
  /** The entries that changed; null where one is gone. */
  readonly entries: ReadonlyMap<string, string | null>
  /**
   * Everything that the session has, these changes included: for stores that write sessions whole, or lost one. It is the
   * owner's own, and changes as the session does.
   */
  all(): SessionEntries
  /** When the session may be forgotten if nothing more is heard of it, in milliseconds since 1970. */
  readonly expiresAt: number
}

/** A save that says of which session, and by whom. */
export interface NamedSave extends SessionSave {
  readonly session: string
  readonly owner: string
}

/** An entry of a session, as somebody has read it. */
export type SeenEntry = readonly [key: string, text: string]

/** True also where nothing was seen. */
export function isAsSeen(entries: SessionEntries, seen: SeenEntry | undefined): boolean {
  return seen === undefined || entries.get(seen[0]) === seen[1]
}

/**
 * Where sessions outlive the process that serves them. `liveroot/server` has `memoryStore` and `fileStore`, `liveroot/redis`
 * has `redisStore`, `liveroot/nats` has `natsStore`; `sessionStoreConformance` of `liveroot/testing` holds others to the same
 * rules.
 *
 * A session belongs to one owner, the process that serves it: whoever claimed it last. Calls for one session are made one
 * after the other by each owner; those of different owners may cross.
 */
export interface SessionStore {
  /**
   * False for a store that ends with the process: sessions are then saved when they go to sleep, and calls are answered
   * at once.
   */
  readonly outlivesProcess: boolean
  /** Looks whether it can be used at all. @throws `missing_peer` where the package of its client is not installed. */
  prepare?(): void | Promise<void>
  /** False while it cannot do its work, for example while its broker is not there: the server is not ready then. */
  readonly healthy?: boolean
  /**
   * Reads what was saved last, and leaves the session to its owner: who comes with a wrong token shall not disturb it.
   *
   * @returns null where there is no such session, or it has expired.
   */
  load(session: string): Promise<SessionEntries | null>
  /**
   * Makes `owner` the one that may save a session, from the moment that this is called for at the latest when it resolves.
   *
   * @param seen an entry that must still have that text: where it has not, the session stays with its owner.
   * @returns what was saved last, or null where there is no such session, it has expired, or is not as it was seen; nothing is
   *   kept of that.
   */
  claim(session: string, owner: string, seen?: SeenEntry): Promise<SessionEntries | null>
  /**
   * Saves changes of a session, all or none of them; makes the session where there is none. When it resolves, they
   * survive the end of this process.
   *
   * @throws `session_taken` when another owner has claimed the session.
   */
  save(session: string, owner: string, save: SessionSave): Promise<void>
  /**
   * Saves several sessions, as {@link save} does, but in this very turn of the event loop: their calls are then answered
   * together with the frames that show their effects. A store that never can leaves it out.
   *
   * @returns of each, whether it is saved; those that are not are saved by `save`. All of them are where it throws.
   */
  saveNow?(saves: readonly NamedSave[]): readonly boolean[]
  /** Forgets a session, unless another owner has claimed it. */
  remove(session: string, owner: string): Promise<void>
  /** Ends when all that was asked for is done. Nothing may be asked for after. */
  close(): Promise<void>
}
