import { clientModuleProxy, clientReference } from './runtime/client-reference.ts'

test('a reference has what React Flight reads', () => {
  const reference = clientReference('a/b.tsx', 'Button')
  expect(reference.$$typeof).toBe(Symbol.for('react.client.reference'))
  expect(reference.$$id).toBe('a/b.tsx#Button')
  expect(reference.$$async).toBe(false)
  expect(reference.name).toBe('Button')
})

test('calling one throws', () => {
  expect(() => clientReference('a.tsx', 'default')()).toThrow(
    "the default export of a.tsx is in a 'use client' module",
  )
})

test('calling one of a package names the option that lets its hooks run', () => {
  const id = '../node_modules/.pnpm/x/node_modules/@scope/atoms/esm/react.mjs'
  expect(() => clientReference(id, 'useAtom')()).toThrow(
    "build with new Liveroot({ live: ['@scope/atoms'] })",
  )
})

describe('a CommonJS module', () => {
  const proxy = clientModuleProxy('pkg/index.js', ['Known'], true) as unknown as Record<
    string,
    { $$id: string }
  >

  test('gives a lasting reference for any name', () => {
    expect(proxy.Known?.$$id).toBe('pkg/index.js#Known')
    expect(proxy.Other?.$$id).toBe('pkg/index.js#Other')
    expect(proxy.Other).toBe(proxy.Other)
    expect(proxy.default?.$$id).toBe('pkg/index.js#default')
  })

  test('enumerates the names that were found', () => {
    expect(Object.keys(proxy)).toEqual(['Known'])
  })

  test('is itself the default export when it is not compiled from ESM', () => {
    const lone = clientModuleProxy('lone.js', [], false)
    expect([lone.$$id, '__esModule' in lone]).toEqual(['lone.js#', false])
    expect((proxy as { __esModule?: unknown }).__esModule).toBe(true)
  })

  test('is no promise, and cannot be assigned to', async () => {
    expect(await proxy).toBe(proxy)
    expect(() => Object.assign(proxy, { Known: 1 })).toThrow('cannot assign to pkg/index.js on the server')
  })
})
