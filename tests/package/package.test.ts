import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const top = process.cwd()
const tsc = join(top, 'node_modules/typescript/bin/tsc')

let application: string

/** An application's folder, with the package as it would be published and the rest of node_modules linked. */
beforeAll(async () => {
  application = mkdtempSync(join(tmpdir(), 'liveroot-package-'))
  const modules = join(application, 'node_modules')
  mkdirSync(join(modules, 'liveroot'), { recursive: true })
  for (const name of readdirSync(join(top, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(top, 'node_modules', name), join(modules, name))
  }
  cpSync(join(top, 'package.json'), join(modules, 'liveroot/package.json'))
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', join(modules, 'liveroot/dist')])
  cpSync(join(top, 'tests/package/consumer'), application, { recursive: true })
  writeFileSync(join(application, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rmSync(application, { recursive: true, force: true }))

test('an application compiles against the types of the package, params included', async () => {
  await expect(run(process.execPath, [tsc, '-p', application])).resolves.toBeDefined()
})

test('the package runs in plain Node, without a bundler', async () => {
  const script = `
    import { createElement } from 'react'
    import { createLiveServer, route } from 'liveroot/server'
    const live = createLiveServer({ routes: [route('/', () => createElement('b', null, 'hi'))] })
    const { port } = await live.listen(0, '127.0.0.1')
    const { default: WebSocket } = await import('ws')
    const socket = new WebSocket('ws://127.0.0.1:' + port + '/live', 'liveroot.2')
    socket.on('open', () => socket.send('h2'))
    socket.on('message', (data) => {
      if (String(data).startsWith('w')) return socket.send('m1\\n/nowhere')
      console.log(String(data))
      live.close()
    })
  `
  writeFileSync(join(application, 'main.mjs'), script)
  const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: application })
  expect(stdout).toContain('unknown_route')
})
