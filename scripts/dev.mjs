// `npm run dev`: builds on every change, and restarts the demo's server when its bundle is a new one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { register } from 'tsx/esm/api'
import webpack from 'webpack'

const serverFile = fileURLToPath(new URL('../build/server/main.cjs', import.meta.url))
const stopTimeoutMs = 5_000
const help = `npm run dev [-- options]

  --latency <ms>  puts so much latency on a round trip between browser and server
  --jitter <ms>   and up to so much more, at random, each way
  --help          tells these options

PORT is where the demo is served: 3000 by default.`

const options = readOptions()
if (options.help) {
  console.log(help)
  process.exit(0)
}
const latencyMs = milliseconds('latency')
const jitterMs = milliseconds('jitter')

// The configuration and Liveroot's own loaders are TypeScript.
register()
const { default: configure } = await import('../webpack.config.ts')
const compiler = webpack(configure({}, { mode: 'development' }))
const env = { ...process.env, NODE_ENV: 'development', ...(await putLatency()) }

let server
let serverHash
let stopping = false
// Builds may finish faster than a server stops: one step at a time.
let queue = Promise.resolve()

const watching = compiler.watch({ aggregateTimeout: 50 }, (error, stats) => {
  if (stopping) return
  if (error) {
    console.error(error)
    return
  }
  if (stats.hasErrors() || stats.hasWarnings()) {
    console.log(stats.toString({ preset: 'errors-warnings', colors: process.stdout.isTTY }))
  }
  if (stats.hasErrors()) return
  const hash = stats.stats.find(({ compilation }) => compilation.name === 'server').hash
  if (hash === serverHash) return
  serverHash = hash
  queue = queue.then(restart)
})

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)

function readOptions() {
  const known = { latency: { type: 'string' }, jitter: { type: 'string' }, help: { type: 'boolean' } }
  try {
    return parseArgs({ options: known }).values
  } catch (error) {
    console.error(`${error.message}\n\n${help}`)
    process.exit(1)
  }
}

function milliseconds(name) {
  const value = Number(options[name] ?? 0)
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value
  console.error(`--${name} takes a number of milliseconds, not ${options[name]}.\n\n${help}`)
  process.exit(1)
}

/** The server then listens elsewhere, and a slow connection to it is where it would be. */
async function putLatency() {
  if (latencyMs === 0 && jitterMs === 0) return {}
  const { startLatencyProxy } = await import('../src/testing/latency-proxy.ts')
  const port = await freePort()
  const proxy = await startLatencyProxy({
    port: Number(process.env.PORT ?? 3000),
    target: { port },
    latencyMs,
    jitterMs,
  })
  const jitter = jitterMs === 0 ? '' : ` and up to ${jitterMs} ms of jitter each way`
  console.log(`With ${latencyMs} ms of latency${jitter}: http://localhost:${proxy.port}; without:`)
  return { PORT: String(port) }
}

async function freePort() {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function restart() {
  await stopServer()
  if (stopping) return
  const started = spawn(process.execPath, ['--enable-source-maps', serverFile], {
    env,
    stdio: 'inherit',
  })
  server = started
  started.once('exit', (code, signal) => {
    if (server !== started) return
    server = undefined
    // Ctrl-C in a terminal reaches the server too.
    if (stopping) return
    console.error(`The server ended (${signal ?? code}). It starts again after the next change.`)
  })
}

async function stopServer() {
  const old = server
  if (!old) return
  server = undefined
  if (old.exitCode !== null || old.signalCode !== null) return
  const exited = once(old, 'exit')
  old.kill('SIGTERM')
  const timer = setTimeout(() => old.kill('SIGKILL'), stopTimeoutMs)
  await exited
  clearTimeout(timer)
}

async function stop() {
  if (stopping) return
  stopping = true
  await queue
  await stopServer()
  watching.close(() => compiler.close(() => process.exit(0)))
}
