import { type ErrorCode, LiverootError } from '../errors.ts'
import type { LiveUser } from '../live/session.ts'
import { describeError, type OnError } from './errors-out.ts'
import type { Handshake } from './transport.ts'

/** The request that a browser connects with, for {@link Authenticate}. */
export interface LiveRequest extends Handshake {
  /** The cookies of the request, decoded. */
  readonly cookies: Readonly<Record<string, string>>
}

/** Says who connects; see `LiveServerOptions.authenticate`. */
export type Authenticate = (
  request: LiveRequest,
) => LiveUser | null | undefined | false | Promise<LiveUser | null | undefined | false>

/** Who a browser is: nobody, with null for both, or a user of the application. */
export interface KnownUser {
  readonly user: unknown
  /** Two users are the same one where this is the same. */
  readonly userId: string | null
}

/** Who a browser is, or why it is not let in. */
export type Authenticated = KnownUser | { readonly refused: 'unauthorized' | 'authentication_failed' }

export interface AuthenticatorOptions {
  readonly authenticate: Authenticate | undefined
  readonly userId: ((user: never) => string) | undefined
  readonly timeoutMs: number
  readonly onError: OnError
}

const anonymous: Authenticated = { user: null, userId: null }

/** Asks the application who a browser is, in a limited time. */
export class Authenticator {
  constructor(private readonly options: AuthenticatorOptions) {}

  /** Not a promise where there is nothing to ask, so that a hello is answered at once. */
  ask(handshake: Handshake): Authenticated | Promise<Authenticated> {
    const { authenticate } = this.options
    return authenticate === undefined ? anonymous : this.askIt(authenticate, handshake)
  }

  private async askIt(authenticate: Authenticate, handshake: Handshake): Promise<Authenticated> {
    try {
      const request = { ...handshake, cookies: readCookies(handshake) }
      const user = await this.inTime(async () => authenticate(request))
      return user === false ? { refused: 'unauthorized' } : { user: user ?? null, userId: this.idOf(user) }
    } catch (error) {
      // Nobody is at fault when it is said on purpose; else the application may be, and the browser may try again.
      if (error instanceof LiverootError && error.code === 'user_error') return { refused: 'unauthorized' }
      describeError(error, 'authentication_failed', this.options.onError)
      return { refused: 'authentication_failed' }
    }
  }

  private async inTime<T>(ask: () => Promise<T>): Promise<T> {
    const { timeoutMs } = this.options
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const message = `\`authenticate\` took longer than \`authenticateTimeoutMs\` (${timeoutMs} ms).`
      timer = setTimeout(() => reject(new LiverootError('authentication_failed', message)), timeoutMs)
    })
    try {
      return await Promise.race([ask(), late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** What makes a user the same one: null for nobody. */
  private idOf(user: unknown): string | null {
    if (user === null || user === undefined) return null
    const { userId } = this.options
    if (userId !== undefined) return String(userId(user as never))
    const id = typeof user === 'object' ? (user as { id?: unknown }).id : user
    if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') return String(id)
    throw new LiverootError(
      'user_without_id',
      '`authenticate` returned a user without an `id`. Give it one, or give `createLiveServer` the option `userId`.',
    )
  }
}

/** The refusals of {@link Authenticator.ask}. */
export type AuthenticationRefusal = Extract<ErrorCode, 'unauthorized' | 'authentication_failed'>

function readCookies({ headers }: Handshake): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null)
  const { cookie } = headers
  for (const pair of (typeof cookie === 'string' ? cookie : (cookie ?? []).join(';')).split(';')) {
    const end = pair.indexOf('=')
    if (end < 0) continue
    const name = pair.slice(0, end).trim()
    const text = pair.slice(end + 1).trim()
    // The first one counts: a browser sends the one with the most specific path first.
    if (name !== '' && !(name in cookies)) cookies[name] = decode(text.replace(/^"(.*)"$/, '$1'))
  }
  return cookies
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
