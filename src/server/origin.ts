import type { Handshake } from './transport.ts'

/** Whose pages may connect. */
export interface OriginRule {
  /** Origins, such as `https://example.com`, beside that of the server itself. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Whether `X-Forwarded-Host` names the server: only where every request comes through a proxy that sets it. */
  readonly trustForwardedHost?: boolean | undefined
}

/** The browser sends the page's origin and cannot be made to lie about it; other clients may send none. */
export function isAllowedOrigin(rule: OriginRule, { origin, headers }: Handshake): boolean {
  if (origin === undefined) return true
  if (rule.allowedOrigins?.includes(origin)) return true
  const forwarded = rule.trustForwardedHost ? lastOf(headers['x-forwarded-host']) : undefined
  const host = forwarded ?? lastOf(headers.host)
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

/** The last one, for the nearest proxy added it; those before may be what the client sent. */
function lastOf(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.at(-1)
  return text?.split(',').at(-1)?.trim()
}
