// `npm run fuzz -- --runs N --seed S [--jobs J] [--skip K]`: the "same DOM as React" property with many more random
// sequences than `npm test` takes, spread over processes. The same options give the same sequences; with `--skip`, each
// process goes past its first K, to where one was found to differ.
import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const top = fileURLToPath(new URL('..', import.meta.url))
const worker = fileURLToPath(new URL('../tests/same-dom/fuzz-worker.ts', import.meta.url))

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    jobs: { type: 'string', default: '2' },
    skip: { type: 'string', default: '0' },
  },
})
const [runs, seed, jobs, skip] = [values.runs, values.seed, values.jobs, values.skip].map((text) => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`Not a number: ${text}`)
  return number
})

const done = new Array(jobs).fill(0)
const started = performance.now()

/** Runs one share; resolves with the exit code, 0 where it found no difference, or with the signal that ended it. */
function start(job) {
  const share = Math.floor(runs / jobs) + (job < runs % jobs ? 1 : 0)
  const child = fork(worker, [String(share), String(seed + job), String(skip)], {
    cwd: top,
    execArgv: ['--import', 'tsx', '--conditions', 'liveroot-source'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  child.on('message', (count) => {
    done[job] = Math.min(count, share)
  })
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)))
}

function total() {
  return done.reduce((sum, count) => sum + count, 0)
}

const seconds = () => Math.round((performance.now() - started) / 1000)
const progress = setInterval(() => console.log(`${total()} of ${runs} sequences, ${seconds()} s`), 10_000)
const results = await Promise.all(Array.from({ length: jobs }, (_, job) => start(job)))
clearInterval(progress)
const killed = results.filter((result) => typeof result === 'string')
if (results.every((code) => code === 0)) {
  console.log(`${runs} sequences, seed ${seed}, no difference`)
} else if (results.some((code) => typeof code === 'number' && code !== 0)) {
  console.error(
    `A difference was found (seed ${seed}, ${jobs} jobs): the smallest sequence that shows it is above.`,
  )
} else {
  console.error(
    `Not finished: ended by ${killed.join(', ')} after ${total()} sequences without a difference.`,
  )
}
if (results.some((code) => code !== 0)) process.exitCode = 1
