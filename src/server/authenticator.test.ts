import { UserError } from '../errors.ts'
import { type Authenticate, Authenticator } from './authenticator.ts'
import { noHandshake } from './transport.ts'

const reported: string[] = []

function authenticator(authenticate?: Authenticate, timeoutMs = 20_000): Authenticator {
  const onError = (error: unknown, { code }: { code: string }) => {
    reported.push(`${code} ${(error as Error).message}`)
  }
  return new Authenticator({ authenticate, userId: undefined, timeoutMs, onError })
}

beforeEach(() => {
  reported.length = 0
})

test('without `authenticate` everybody is anonymous, at once', () => {
  expect(authenticator().ask(noHandshake)).toEqual({ user: null, userId: null })
})

test('the cookies are there, by name, decoded', async () => {
  const cookie = 'a=1; b="q%20r"; a=2; broken=%zz; =x; flag; __proto__=p; spaced = s '
  let seen: unknown
  const asked = authenticator((request) => {
    seen = { ...request.cookies, proto: Object.getPrototypeOf(request.cookies) }
    return null
  })
  await asked.ask({ ...noHandshake, headers: { cookie } })
  const own = Object.fromEntries([['__proto__', 'p']])
  expect(Object.entries(seen as object).sort()).toEqual(
    Object.entries({ a: '1', b: 'q r', broken: '%zz', spaced: 's', proto: null, ...own }).sort(),
  )
})

test.each<[string, Authenticate, unknown, string[]]>([
  ['a user', () => ({ id: 7 }), { user: { id: 7 }, userId: '7' }, []],
  ['a promise of one', async () => 'ada', { user: 'ada', userId: 'ada' }, []],
  ['null', () => null, { user: null, userId: null }, []],
  ['undefined', async () => undefined, { user: null, userId: null }, []],
  ['false', () => false, { refused: 'unauthorized' }, []],
  [
    'a UserError',
    () => {
      throw new UserError('Your account is locked.')
    },
    { refused: 'unauthorized' },
    [],
  ],
  [
    'another error',
    async () => {
      throw new Error('no database')
    },
    { refused: 'authentication_failed' },
    ['authentication_failed no database'],
  ],
])('%s', async (_, authenticate, expected, errors) => {
  expect(await authenticator(authenticate).ask(noHandshake)).toEqual(expected)
  expect(reported).toEqual(errors)
})

test('one that takes too long is a failure', async () => {
  const never = authenticator(() => new Promise(() => {}), 10)
  expect(await never.ask(noHandshake)).toEqual({ refused: 'authentication_failed' })
  expect(reported).toEqual([expect.stringContaining('authenticateTimeoutMs')])
})

test.each<[unknown, string | null]>([
  [null, null],
  [undefined, null],
  ['ada', 'ada'],
  [7, '7'],
  [{ id: 'x', name: 'y' }, 'x'],
  [{ id: 3n }, '3'],
])('%p is the same user by %p', async (user, userId) => {
  expect(await authenticator(() => user as never).ask(noHandshake)).toEqual({ user: user ?? null, userId })
})

test('a user that nothing identifies is the application’s mistake; `userId` says what does', async () => {
  const authenticate = () => ({ mail: 'a@b.c' })
  expect(await authenticator(authenticate).ask(noHandshake)).toEqual({ refused: 'authentication_failed' })
  expect(reported).toEqual([expect.stringContaining('option `userId`')])
  const own = new Authenticator({
    authenticate,
    userId: (user: { mail: string }) => user.mail,
    timeoutMs: 20_000,
    onError: () => {},
  })
  expect(await own.ask(noHandshake)).toEqual({ user: { mail: 'a@b.c' }, userId: 'a@b.c' })
})
