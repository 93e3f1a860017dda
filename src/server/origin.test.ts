import { isAllowedOrigin, type OriginRule } from './origin.ts'

function allows(
  rule: OriginRule,
  origin: string | undefined,
  headers: Record<string, string | string[]>,
): boolean {
  return isAllowedOrigin(rule, { url: '/live', remoteAddress: undefined, origin, headers })
}

test('pages of the server’s own host, whatever the case, and those that are listed', () => {
  expect(allows({}, 'https://shop.example', { host: 'SHOP.example' })).toBe(true)
  expect(allows({}, 'https://evil.example', { host: 'shop.example' })).toBe(false)
  expect(
    allows({ allowedOrigins: ['https://friend.example'] }, 'https://friend.example', { host: 'x' }),
  ).toBe(true)
  expect(allows({ allowedOrigins: ['https://friend.example'] }, 'http://friend.example', { host: 'x' })).toBe(
    false,
  )
  expect(allows({}, undefined, {})).toBe(true)
  expect(allows({}, 'https://shop.example', {})).toBe(false)
})

test('the host that a proxy forwards counts only where it is trusted, and only the nearest proxy’s', () => {
  const behind = { host: 'internal:8080', 'x-forwarded-host': 'shop.example' }
  expect(allows({}, 'https://shop.example', behind)).toBe(false)
  expect(allows({ trustForwardedHost: true }, 'https://shop.example', behind)).toBe(true)
  const forged = { host: 'internal:8080', 'x-forwarded-host': 'evil.example, shop.example' }
  expect(allows({ trustForwardedHost: true }, 'https://evil.example', forged)).toBe(false)
  expect(allows({ trustForwardedHost: true }, 'https://shop.example', forged)).toBe(true)
  expect(allows({ trustForwardedHost: true }, 'https://shop.example', { host: 'shop.example' })).toBe(true)
})
