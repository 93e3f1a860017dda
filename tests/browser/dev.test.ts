import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Peer } from '../failures/peer.ts'

jest.setTimeout(240_000)

const root = join(__dirname, '../..')
const parts = [
  'client-entry',
  'fixtures',
  'package.json',
  'scripts',
  'server-entry',
  'src',
  'tsconfig.json',
  'types',
]
const latencyMs = 150

let folder: string
let dev: ChildProcess | undefined
let said = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liveroot-dev-'))
  for (const part of [...parts, 'webpack.config.ts']) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
})
afterEach(async () => {
  if (dev !== undefined && dev.exitCode === null && dev.signalCode === null) {
    // It ends its server before itself.
    const ended = once(dev, 'exit')
    dev.kill('SIGTERM')
    await ended
  }
  rmSync(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The counter as the newest server shows it; null where there is none. */
async function counter(port: number): Promise<string | null> {
  try {
    const peer = await Peer.open(port, true, {}, 2_000)
    const frame = await peer.mount(1, '/counter')
    peer.end()
    return frame
  } catch {
    return null
  }
}

async function shows(port: number, text: string): Promise<void> {
  for (;;) {
    if ((await counter(port))?.includes(text)) return
    if (dev?.exitCode !== null) throw new Error(`npm run dev ended:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function replace(file: string, before: string, after: string): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(before)
  writeFileSync(path, text.replace(before, after))
}

test('npm run dev serves what was changed last, behind a slow network, and ends when it is told to', async () => {
  const port = await freePort()
  const args = ['scripts/dev.mjs', '--latency', String(latencyMs)]
  const own = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, PORT: String(port) } })
  dev = own
  for (const stream of [own.stdout, own.stderr]) stream.on('data', (data) => (said += data))
  await shows(port, 'Clicked ')

  const peer = await Peer.open(port)
  const from = performance.now()
  await peer.ask('p', (message) => message === 'q')
  expect(performance.now() - from).toBeGreaterThan(latencyMs * 0.9)
  peer.end()

  replace('fixtures/counter/counter.tsx', 'Clicked {n} times', 'Touched {n} times')
  await shows(port, 'Touched ')
  // What cannot be built is said, and the server goes on; the next that can is served.
  said = ''
  replace('fixtures/counter/counter.tsx', '<button', '<<button')
  while (!said.includes('counter.tsx')) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await counter(port)).toContain('Touched ')
  replace('fixtures/counter/counter.tsx', '<<button', '<button')
  replace('fixtures/counter/counter.tsx', 'Touched {n} times', 'Pressed {n} times')
  await shows(port, 'Pressed ')

  own.kill('SIGTERM')
  expect(await once(own, 'exit')).toEqual([0, null])
  expect(await counter(port)).toBeNull()
})
