import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ClientManifest } from '../server/flight/client-manifest.ts'
import { removeFakePackages, writeFakePackages } from './test-fixtures/fake-packages.ts'
import { type ClientResult, runClient } from './test-fixtures/run-client.ts'

interface ServerResult {
  callError: string
  html: string
  ids: Record<string, string>
  manifest: ClientManifest
  payload: string
  sameManifest: boolean
  source: string
}

const run = promisify(execFile)
const fixtures = join(__dirname, 'test-fixtures')
const app = join(fixtures, 'app')
const output = mkdtempSync(join(tmpdir(), 'liveroot-webpack-'))

// Webpack imports its loaders natively, which is closed to code inside Jest: builds get their own process.
async function script(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', join(fixtures, name), ...args])
  return stdout
}

async function runServer(file: string): Promise<ServerResult> {
  const env = { ...process.env, NODE_ENV: 'test' }
  const { stdout } = await run(process.execPath, [file], { env })
  return JSON.parse(stdout)
}

function readAll(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  )
  return files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n')
}

jest.setTimeout(60_000)
beforeAll(() => writeFakePackages(app))
afterAll(() => {
  removeFakePackages(app)
  rmSync(output, { recursive: true, force: true })
})

describe.each(['development', 'production'])('in %s mode', (mode) => {
  const directory = join(output, mode)
  const clientDirectory = join(directory, 'client')
  let server: ServerResult
  let client: ClientResult

  beforeAll(async () => {
    await script('build-once.ts', mode, directory)
    // Somewhere else than where it was built: no path may be fixed.
    renameSync(join(directory, 'server'), join(directory, 'moved'))
    server = await runServer(join(directory, 'moved/nested/main.cjs'))
    client = await runClient(clientDirectory, server.payload)
  })

  test('Flight renders beside the full React', () => {
    expect(server.html).toBe('<b>42</b>')
    expect(server.payload).toContain('"children":"children"')
  })

  test('client modules are references on the server', () => {
    expect(server.ids).toEqual({
      Button: 'button.tsx#Button',
      DefaultButton: 'button.tsx#default',
      Dialog: 'node_modules/fake-kit/index.js#Dialog',
      Inner: 'barrel.ts#Inner',
      Leaf: 'barrel.ts#Leaf',
      Lone: 'node_modules/fake-lone/index.js#',
      Panel: 'panel.ts#Panel',
      Renamed: 'barrel.ts#Renamed',
      Unknown: 'node_modules/fake-kit/index.js#Unknown',
      awaited: 'awaited.ts#awaited',
      left: 'button.tsx#left',
      nested: 'button.tsx#nested',
      own: 'barrel.ts#own',
    })
  })

  test('no code of a client module is in the server bundle', () => {
    const bundle = readFileSync(join(directory, 'moved/nested/main.cjs'), 'utf8')
    expect(bundle).not.toMatch(
      /(BUTTON_LABEL|LEAF|INNER|OWN|DIALOG|LONE|PANEL|UNREACHABLE)_CODE|AWAITED_VALUE|rebeccapurple/,
    )
  })

  test('calling a reference says what to do', () => {
    expect(server.callError).toMatch(/^liveroot: Button \(from button\.tsx\) is in a 'use client' module/)
  })

  test('the manifest holds what the server reaches, and nothing else', () => {
    expect(Object.keys(server.manifest.modules).sort()).toEqual([
      'awaited.ts',
      'barrel.ts',
      'button.tsx',
      'node_modules/fake-kit/index.js',
      'node_modules/fake-lone/index.js',
      'panel.ts',
    ])
    expect(server.manifest.buildId).toMatch(/^[0-9a-f]{8,}$/)
    expect(server.sameManifest).toBe(true)
    expect(readAll(clientDirectory)).not.toContain('UNREACHABLE_CODE')
  })

  test('what every page loads at the start is not named as a chunk', () => {
    const { modules } = server.manifest
    expect(modules['panel.ts']?.chunks).toEqual([])
    expect(modules['button.tsx']?.chunks).not.toEqual([])
  })

  test('the browser finds every export under the id and in the chunks of the manifest', () => {
    const { named } = client.decoded
    const call = (name: string) => (named[name] as () => unknown)()
    expect([
      call('Dialog'),
      call('Inner'),
      call('Leaf'),
      call('Lone'),
      call('Panel'),
      call('Renamed'),
    ]).toEqual(['DIALOG_CODE', 'INNER_CODE', 'LEAF_CODE', 'LONE_CODE', 'PANEL_CODE', 'LEAF_CODE'])
    expect(named).toMatchObject({
      awaited: 'AWAITED_VALUE',
      left: 'LEFT_VALUE',
      nested: 'NESTED_VALUE',
      own: 'OWN_CODE',
    })
    expect(named.Unknown).toBe('UNKNOWN_VALUE')
    expect(typeof named.Button).toBe('function')
    expect(typeof named.DefaultButton).toBe('function')
  })

  test('a client module that the entry imports too exists once', () => {
    expect(client.decoded.named.Panel).toBe(client.Panel)
  })

  test('chunks are fetched once, their style sheets with them', () => {
    expect(new Set(client.fetched).size).toBe(client.fetched.length)
    expect(client.fetched).not.toContain('main.js')
    expect(client.fetched.some((file) => file.endsWith('.css'))).toBe(true)
  })

  test('?raw gives the source of a client module', () => {
    expect(server.source).toBe(readFileSync(join(app, 'button.tsx'), 'utf8'))
  })

  test('no path of the build machine is in the manifest or the payload', () => {
    expect(JSON.stringify(server.manifest)).not.toContain(app)
    // Module ids are paths in development, and payloads hold stack traces of the running server.
    if (mode === 'production') expect(server.payload).not.toContain('button.tsx')
    expect(readFileSync(join(clientDirectory, 'main.js'), 'utf8')).not.toContain('button.tsx')
  })
})

test('production leaves out exports that the server does not use', () => {
  const code = (mode: string) => readAll(join(output, mode, 'client'))
  expect(code('development')).toContain('UNUSED_EXPORT_CODE')
  expect(code('production')).not.toContain('UNUSED_EXPORT_CODE')
})

test.each(['development', 'production'])(
  'an ESM server bundle finds its manifest in %s mode',
  async (mode) => {
    const directory = join(output, `${mode}-module`)
    await script('build-once.ts', mode, directory, 'module')
    const server = await runServer(join(directory, 'server/main.mjs'))
    expect(server.manifest.modules['button.tsx']).toBeDefined()
  },
)

test('a watching build follows the server bundle', async () => {
  const lines = await script('watch.ts', mkdtempSync(join(output, 'watch-')))
  expect(
    lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([['first.js'], ['first.js', 'second.js'], ['second.js']])
})

test('a build from the persistent cache has the same manifest', async () => {
  const directory = join(output, 'cached')
  const manifestFile = join(directory, 'server/client-manifest.json')
  await script('build-cached.ts', directory)
  const first = readFileSync(manifestFile, 'utf8')
  rmSync(manifestFile)
  await script('build-cached.ts', directory)
  expect(readFileSync(manifestFile, 'utf8')).toBe(first)
})

test('a client that is built without its server is an error', async () => {
  await expect(script('build-client-alone.ts', join(output, 'alone'))).rejects.toThrow(
    /liveroot\/webpack: the client was compiled before the server/,
  )
})
