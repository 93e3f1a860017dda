// `npm run dev`: builds on every change, and restarts the demo's server when its bundle is a new one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'
import webpack from 'webpack'

const serverFile = fileURLToPath(new URL('../build/server/main.cjs', import.meta.url))
const stopTimeoutMs = 5_000

// The configuration and Liveroot's own loaders are TypeScript.
register()
const { default: configure } = await import('../webpack.config.ts')
const compiler = webpack(configure({}, { mode: 'development' }))

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

async function restart() {
  await stopServer()
  if (stopping) return
  const started = spawn(process.execPath, ['--enable-source-maps', serverFile], {
    env: { ...process.env, NODE_ENV: 'development' },
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
