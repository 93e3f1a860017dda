import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const directory = mkdtempSync(join(tmpdir(), 'liveroot-manifest-'))
const file = join(directory, 'client-manifest.json')
const bundle = globalThis as { __LIVEROOT_CLIENT_MANIFEST__?: string }
const environment = process.env.NODE_ENV
let clock = 1_000

function write(text: string) {
  writeFileSync(file, text)
  utimesSync(file, clock, clock)
  clock += 1
}

function load(): () => unknown {
  let read: (() => unknown) | undefined
  jest.isolateModules(() => {
    read = require('../server/flight/client-manifest.ts').readClientManifest
  })
  return read as () => unknown
}

beforeEach(() => {
  bundle.__LIVEROOT_CLIENT_MANIFEST__ = file
})
afterEach(() => {
  delete bundle.__LIVEROOT_CLIENT_MANIFEST__
  process.env.NODE_ENV = environment
})
afterAll(() => rmSync(directory, { recursive: true }))

test('is empty outside a bundle', () => {
  delete bundle.__LIVEROOT_CLIENT_MANIFEST__
  expect(load()()).toEqual({ buildId: '', modules: {} })
})

test('is read again when the file changes, and only then', () => {
  const read = load()
  write('{"buildId":"1","modules":{}}')
  const first = read()
  expect(first).toEqual({ buildId: '1', modules: {} })
  expect(read()).toBe(first)
  write('{"buildId":"2","modules":{}}')
  expect(read()).toEqual({ buildId: '2', modules: {} })
})

test('stays in production', () => {
  process.env.NODE_ENV = 'production'
  const read = load()
  write('{"buildId":"1","modules":{}}')
  const first = read()
  write('{"buildId":"2","modules":{}}')
  expect(read()).toBe(first)
})

test('a half-written or missing file leaves the last manifest', () => {
  const read = load()
  write('{"buildId":"1","modules":{}}')
  const first = read()
  write('{"buildId":')
  expect(read()).toBe(first)
  rmSync(file)
  expect(read()).toBe(first)
  write('{"buildId":"3","modules":{}}')
  expect(read()).toEqual({ buildId: '3', modules: {} })
})

test('without a last manifest it says what to do', () => {
  rmSync(file, { force: true })
  expect(load()).toThrow(/client-manifest\.json is missing\. Build the client configuration too/)
  write('{')
  expect(load()).toThrow(/is not valid JSON/)
})
