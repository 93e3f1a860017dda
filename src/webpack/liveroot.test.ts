import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Child } from '../../tests/processes/child.ts'
import { removeFakePackages, writeFakePackages } from './test-fixtures/fake-packages.ts'
import { type ClientResult, runClient } from './test-fixtures/run-client.ts'
import { runServer, type ServerResult } from './test-fixtures/run-server.ts'

const run = promisify(execFile)
const fixtures = join(__dirname, 'test-fixtures')
const app = join(fixtures, 'app')
const output = mkdtempSync(join(tmpdir(), 'liveroot-webpack-'))

// Webpack imports its loaders natively, which is closed to code inside Jest: builds have a process of their own.
let builder: Child
beforeAll(() => {
  const file = new URL('builder.ts', `${pathToFileURL(fixtures)}/`)
  builder = Child.start(file, { env: { NODE_ENV: 'test' } })
})
afterAll(() => builder.stop())

function readAll(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  )
  return files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n')
}

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
    await builder.ask('once', { mode, outputPath: directory })
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
      callAll: 'functions/form.tsx#callAll',
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
      'functions/form.tsx',
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

  describe('server functions', () => {
    const functions = () => server.manifest.modules['functions/form.tsx']?.functions ?? []
    const names = () => functions().map((id) => id.replace(/^.*#/, ''))
    const answers = () => server.live.down.filter((message) => /^[ry]/.test(message))

    test('the manifest lists those that a client module imports, through others and through barrels', () => {
      const reached = ['add', 'default', 'more', 'old', 'orphan', 'packaged']
      // In development webpack does not look into what `import()` gives.
      expect(names().sort()).toEqual(mode === 'production' ? reached : [...reached, 'unused'])
      const entries = Object.entries(server.manifest.modules).filter(([, entry]) => entry.functions)
      expect(entries.map(([id]) => id)).toEqual(['functions/form.tsx'])
    })

    test('ids are readable in development, and show no path in production', () => {
      for (const id of functions()) {
        expect(id).toMatch(
          mode === 'production' ? /^[\w-]{10}#\w+$/ : /^(functions|node_modules)\/[\w/-]+\.c?[jt]s#\w+$/,
        )
      }
      const code = readAll(clientDirectory)
      expect(code.includes('functions/orphan.ts')).toBe(mode === 'development')
    })

    test('they are registered with the server that is in the bundle, also those only client modules import', () => {
      expect(server.live.known).toEqual(functions().map(() => true))
      const results = answers().slice(1).join()
      for (const result of [
        'SECRET_CODE added milk',
        'default',
        'MORE_CODE',
        'OLD_CODE',
        'ORPHAN_CODE',
        'PACKAGED_CODE',
      ]) {
        expect(results).toContain(JSON.stringify(result))
      }
      expect(answers()).toHaveLength(1 + functions().length)
    })

    test('every function that a module exports is registered, however it is declared', () => {
      expect(server.live.registered).toEqual(['add', 'default', 'further', 'more', 'remove', 'renamed'])
    })

    test('none is called before a client module that lists it is on the screen', () => {
      expect(answers()[0]).toMatch(/^y1,0\n.*unknown_function/)
    })

    test('to modules of the server they are plain functions', () => {
      expect(server.direct).toEqual(['SECRET_CODE added bread', 'removed bread', 5])
    })

    test('in the browser they are stubs that call by the same ids', () => {
      const called = client.sent
        .filter((message) => message.startsWith('c'))
        .map((call) => call.split('\n')[1])
      expect(called).toHaveLength(6)
      const fromEntry = called.pop()
      expect(fromEntry).toMatch(/#fromEntry$/)
      expect(functions()).toEqual(expect.arrayContaining(called))
      expect(functions()).not.toContain(fromEntry)
      expect(client.isKnown).toBe(true)
    })

    test('no code of theirs is in the client bundle, and no unused stub in production', () => {
      const code = readAll(clientDirectory)
      expect(code).not.toMatch(/(SECRET|MORE|ORPHAN|OLD|PACKAGED|ENTRY_ONLY)_CODE/)
      expect(code).not.toContain('functions/secret')
      expect(code.includes('#remove')).toBe(mode === 'development')
    })
  })

  test('hooks and providers of live packages run on the server', () => {
    expect(server.live.down.join()).toContain('42000')
    expect(Object.keys(server.manifest.modules).join()).not.toMatch(/jotai|react-query/)
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
  'an ESM server bundle finds its manifest, and exports what its entry exports, in %s mode',
  async (mode) => {
    const directory = join(output, `${mode}-module`)
    await builder.ask('once', { mode, outputPath: directory, esm: true })
    const file = JSON.stringify(join(directory, 'server/main.mjs'))
    const server = await runServer('--input-type=module', '--eval', `(await import(${file})).run()`)
    expect(server.manifest.modules['button.tsx']).toBeDefined()
  },
)

test('a watching build follows the server bundle', async () => {
  expect(await builder.ask('watch', mkdtempSync(join(output, 'watch-')))).toEqual([
    { modules: ['first.js'], functions: [], hasCode: false },
    { modules: ['first.js', 'second.js'], functions: [], hasCode: false },
    { modules: ['second.js'], functions: [], hasCode: false },
    { modules: ['second.js'], functions: ['act.js#act'], hasCode: true },
    { modules: ['second.js'], functions: [], hasCode: false },
  ])
})

test('what cannot work is an error that says what to do', async () => {
  const { server, client } = await builder.ask<Record<string, string[]>>(
    'mistakes',
    mkdtempSync(join(output, 'mistakes-')),
  )
  expect(server).toEqual([
    expect.stringMatching(/both\.ts: .*a module cannot be 'use client' and 'use server'\. Move/s),
  ])
  expect(client).toEqual([
    expect.stringMatching(
      /inline\.ts: .*a function with 'use server' inside is in the client bundle\. Move/s,
    ),
    expect.stringMatching(/limit\.ts: .*limit\.ts imports limit from \.\/functions\.ts.*Only functions can/),
    expect.stringMatching(
      /packaged\.ts: .*kit\/index\.js, a 'use server' module that is not in the server bundle/,
    ),
    expect.stringMatching(/silent-functions\.ts: .*no exports that can be read from its source/s),
  ])
})

test('a build from the persistent cache has the same manifest, unless the options are others', async () => {
  const directory = join(output, 'cached')
  const build = async (...live: string[]) => {
    // Each in a process of its own, which has nothing but the cache.
    await run(process.execPath, ['--import', 'tsx', join(fixtures, 'build-cached.ts'), directory, ...live])
    return readFileSync(join(directory, 'server/client-manifest.json'), 'utf8')
  }
  const first = await build('jotai')
  expect(first).toContain('functions/orphan.ts#orphan')
  expect(first).not.toContain('node_modules/jotai')
  expect(await build('jotai')).toBe(first)
  expect(await build()).toContain('node_modules/jotai')
})

test('a client that is built without its server is an error', async () => {
  await expect(builder.ask('clientAlone', join(output, 'alone'))).rejects.toThrow(
    /liveroot\/webpack: the client was compiled before the server/,
  )
})
