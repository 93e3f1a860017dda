import {
  createSessionKey,
  readToken,
  SessionSecrets,
  type SessionToken,
  sessionIdOf,
} from './session-token.ts'

const read = (token: string) => readToken(token) as SessionToken
const accepts = (secrets: SessionSecrets, secret: string) => secrets.refusalOf(secret) === null

test('a token opens the session that made it, until the next one is known to have arrived', () => {
  const secrets = new SessionSecrets(60_000)
  const key = createSessionKey()
  const first = read(secrets.issue(key))
  const second = read(secrets.issue(key, first.secret))
  expect([first.key, second.key]).toEqual([key, key])
  expect([accepts(secrets, first.secret), accepts(secrets, second.secret)]).toEqual([true, true])
  secrets.arrived()
  expect([accepts(secrets, first.secret), accepts(secrets, second.secret)]).toEqual([false, true])
})

test('a browser that never gets the new ones can go on with the one it has', () => {
  const secrets = new SessionSecrets(60_000)
  const known = read(secrets.issue('k'.repeat(32)))
  secrets.arrived()
  const lost = [1, 2, 3].map(() => read(secrets.issue('k'.repeat(32), known.secret)))
  expect(accepts(secrets, known.secret)).toBe(true)
  // What was lost on its way opens nothing, but for the newest.
  expect(lost.map(({ secret }) => accepts(secrets, secret))).toEqual([false, false, true])
})

test('a browser that shows the newest has it, though nothing else was heard of it: that one goes on to open', () => {
  const secrets = new SessionSecrets(60_000)
  const key = createSessionKey()
  const first = read(secrets.issue(key))
  const second = read(secrets.issue(key, first.secret))
  const lost = read(secrets.issue(key, second.secret))
  expect([first, second, lost].map(({ secret }) => accepts(secrets, secret))).toEqual([false, true, true])
})

test('of several hellos that show one token, those that come after a later one are outdated; also in another process', () => {
  const secrets = new SessionSecrets(60_000)
  const key = createSessionKey()
  const first = read(secrets.issue(key))
  expect(secrets.refusalOf(first.secret, 2)).toBeNull()
  const second = read(secrets.issue(key, first.secret, 2))
  const stored = new SessionSecrets(60_000, JSON.parse(secrets.storedText))
  for (const each of [secrets, stored]) {
    expect([1, 2, 3, undefined].map((attempt) => each.refusalOf(first.secret, attempt))).toEqual([
      'outdated_hello',
      'outdated_hello',
      null,
      null,
    ])
    // That one was not shown yet, whoever counts.
    expect(each.refusalOf(second.secret, 1)).toBeNull()
  }
  secrets.arrived()
  expect(secrets.refusalOf(first.secret, 3)).toBe('stale_token')
})

test('another session’s token opens nothing, and an expired one neither', () => {
  const key = createSessionKey()
  const one = new SessionSecrets(60_000)
  one.issue(key)
  expect(accepts(one, read(new SessionSecrets(60_000).issue(key)).secret)).toBe(false)
  expect(accepts(new SessionSecrets(60_000), '')).toBe(false)
  const short = new SessionSecrets(0)
  expect(accepts(short, read(short.issue(key)).secret)).toBe(false)
})

test('what is stored opens it in another process, and holds no secret', () => {
  const secrets = new SessionSecrets(60_000)
  const key = createSessionKey()
  const token = read(secrets.issue(key))
  const text = JSON.stringify(secrets.stored)
  expect(text).not.toContain(token.secret)
  expect(accepts(new SessionSecrets(60_000, JSON.parse(text)), token.secret)).toBe(true)
})

test.each([
  '',
  '.',
  'a.b',
  `${'k'.repeat(32)}.${'s'.repeat(42)}`,
  `${'k'.repeat(33)}.${'s'.repeat(43)}`,
  `${'é'.repeat(32)}.${'s'.repeat(43)}`,
])('%j is no token', (text) => {
  expect(readToken(text)).toBeNull()
})

test('ids are the same for a key, another for another, and do not hold it', () => {
  const key = createSessionKey()
  expect(sessionIdOf(key)).toBe(sessionIdOf(key))
  expect(sessionIdOf(key)).not.toBe(sessionIdOf(createSessionKey()))
  expect(sessionIdOf(key)).toMatch(/^[\w-]{22}$/)
  expect(key).not.toContain(sessionIdOf(key).slice(0, 8))
})
