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

test('without the package of a broker’s client, a server that needs it does not start', async () => {
  const bare = mkdtempSync(join(tmpdir(), 'liveroot-bare-'))
  try {
    const modules = join(bare, 'node_modules')
    mkdirSync(modules)
    cpSync(join(application, 'node_modules/liveroot'), join(modules, 'liveroot'), { recursive: true })
    const peers = ['amqplib', 'pg', 'redis', '@nats-io']
    for (const name of readdirSync(join(top, 'node_modules'))) {
      if (name.startsWith('.') || peers.includes(name)) continue
      symlinkSync(join(top, 'node_modules', name), join(modules, name))
    }
    writeFileSync(join(bare, 'main.mjs'), withoutPeers)
    const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: bare })
    expect(JSON.parse(stdout)).toEqual(Array(14).fill('missing_peer'))
  } finally {
    rmSync(bare, { recursive: true, force: true })
  }
})

const withoutPeers = `
  import { createLiveServer, source } from 'liveroot/server'
  import { jetstream, natsBus, natsLocks, natsStore } from 'liveroot/nats'
  import { postgresBus, postgresLocks, postgresQueue } from 'liveroot/postgres'
  import { rabbitmq, rabbitmqBus } from 'liveroot/rabbitmq'
  import { redisBus, redisIdempotency, redisLocks, redisStore, redisStream } from 'liveroot/redis'
  const url = 'redis://127.0.0.1:1'
  const queues = [
    jetstream({ url, stream: 's', consumer: 'c' }),
    postgresQueue({ url, table: 't' }),
    rabbitmq({ url, queue: 'q' }),
    redisStream({ url, stream: 's', group: 'g' }),
  ]
  const servers = [
    ...queues.map((queue) => ({ sources: [source(queue, () => {})] })),
    ...[natsBus, postgresBus, rabbitmqBus, redisBus].map((bus) => ({ bus: bus({ url }) })),
    ...[natsLocks, postgresLocks, redisLocks].map((locks) => ({ locks: locks({ url }) })),
    ...[natsStore, redisStore].map((store) => ({ sessionStore: store({ url }) })),
    { idempotency: redisIdempotency({ url }) },
  ]
  const codes = []
  for (const options of servers) {
    const live = createLiveServer({ routes: [], ...options })
    codes.push(await live.listen(0, '127.0.0.1').then(() => 'started', ({ code }) => code))
    await live.close()
  }
  console.log(JSON.stringify(codes))
`

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
