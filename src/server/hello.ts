import type { Body, HelloBody } from '../protocol/messages.ts'

/** What a hello says; null where that is not what a hello can say. */
export function readHello(body: Body | undefined): HelloBody | null {
  if (body === undefined) return {}
  const hello = parse(String(body))
  if (typeof hello !== 'object' || hello === null || Array.isArray(hello)) return null
  const { token, ...counts } = hello as Record<string, unknown>
  const { received, series, attempt } = counts
  const ok = (token === undefined || typeof token === 'string') && [received, series, attempt].every(isCount)
  return ok ? (hello as HelloBody) : null
}

function isCount(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
