import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a browser shows to go on with its session: the session's key, which stays, and the secret, which is used once. */
export interface SessionToken {
  readonly key: string
  readonly secret: string
}

const form = /^([\w-]{32})\.([\w-]{43})$/

/** What a hello brought as its token; null where it is none that this server could have made. */
export function readToken(text: string): SessionToken | null {
  const [, key, secret] = form.exec(text) ?? []
  return key === undefined || secret === undefined ? null : { key, secret }
}

export function createSessionKey(): string {
  return randomBytes(24).toString('base64url')
}

/** The public id of the session that a key opens. It stays the same in every process, and leads to no key. */
export function sessionIdOf(key: string): string {
  return createHash('sha256').update(`id ${key}`).digest('base64url').slice(0, 22)
}

/** The secrets that open one session, as they can be stored: hashes, from which no token can be made. */
export interface StoredSecrets {
  readonly current: string
  /** The one that the browser showed for it, until the browser is known to have the newer one. */
  readonly former: string | null
  /** Which hello of the browser that was. */
  readonly attempt: number
  /** When nobody can go on with the session any more, in milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * Which tokens open a session: the newest, and the one that was shown for it as long as the newest may have been lost on
 * its way. So a copy is worth nothing once its owner has come back.
 */
export class SessionSecrets {
  private current = ''
  private former: string | null = null
  private attempt = 0
  private expiresAt = 0
  private text: string | null = null

  /** @param ttlMs how long a session may be left alone before its tokens open nothing any more. */
  constructor(
    private readonly ttlMs: number,
    stored?: StoredSecrets,
  ) {
    Object.assign(this, stored)
  }

  /**
   * A new token; it replaces the newest one.
   *
   * @param shown the secret that the browser just showed: what it has until the new one arrives. None for a new session.
   * @param attempt which hello of the browser showed it.
   */
  issue(key: string, shown?: string, attempt = 0): string {
    const secret = randomBytes(32).toString('base64url')
    this.former = shown === undefined ? null : hashOf(shown)
    this.attempt = attempt
    this.current = hashOf(secret)
    this.renew()
    return `${key}.${secret}`
  }

  /** The browser has the newest token: the one before opens nothing any more. */
  arrived(): void {
    this.former = null
    this.text = null
  }

  /** The browser was here just now. */
  renew(): void {
    this.expiresAt = Date.now() + this.ttlMs
    this.text = null
  }

  /**
   * Why a secret does not open the session; null where it does. Of several hellos that show one secret, those that come
   * after a later one were delayed: whoever sent them has given them up.
   *
   * @param attempt which hello of the browser shows it; undefined where it does not count them.
   */
  refusalOf(secret: string, attempt?: number): SecretRefusal | null {
    if (Date.now() >= this.expiresAt) return 'stale_token'
    const hash = hashOf(secret)
    if (isSame(hash, this.current)) return null
    if (this.former === null || !isSame(hash, this.former)) return 'stale_token'
    return attempt !== undefined && attempt <= this.attempt ? 'outdated_hello' : null
  }

  /**
   * For a store; the constructor takes it back. It must be stored before the token that was issued last leaves: a process
   * that takes the session over would not know the one that the browser has.
   */
  get stored(): StoredSecrets {
    const { current, former, attempt, expiresAt } = this
    return { current, former, attempt, expiresAt }
  }

  /** The same as JSON: the same text until something changes. */
  get storedText(): string {
    this.text ??= JSON.stringify(this.stored)
    return this.text
  }
}

/** Why a secret opens nothing, or not this time. */
export type SecretRefusal = 'stale_token' | 'outdated_hello'

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
