import '../support/dom.ts'
import '../support/dom-form-data.ts'
import { createHash, randomBytes } from 'node:crypto'
import { shared } from 'liveroot'
import { createLiveClient, LiveProvider, LiveRoot } from 'liveroot/client'
import { createLiveServer, route } from 'liveroot/server'
import { clientComponent, clientModules } from 'liveroot/testing'
import { createElement, type ReactNode, StrictMode, Suspense, useState } from 'react'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { ChaosProxy } from '../chaos/proxy.ts'
import { quietConsole } from '../live-tree/support.ts'
import { connectTo } from '../support/connect-to.ts'
import { Draw } from '../support/random.ts'
import { until } from '../support/until.ts'

quietConsole()

const seed = Number(process.env.LIVEROOT_SEED ?? Math.floor(Math.random() * 1e6))

interface Functions {
  readonly add: (value: number) => Promise<number>
  readonly count: (to: number) => AsyncIterable<number>
  readonly digest: (file: Blob) => Promise<string>
}

let functions: Functions
const Probe = clientComponent('ByteCutsProbe', (given: Functions): ReactNode => {
  functions = given
  return null
})

let push: (text: string) => void = () => {}
/** One instance, in a place of each root. */
const Board = shared(
  function Board() {
    const [presses, setPresses] = useState(0)
    const [pushed, setPushed] = useState('')
    push = (text) => setPushed((all) => all + text)
    return (
      <button type="button" onClick={() => setPresses((n) => n + 1)}>
        {presses} {pushed}
      </button>
    )
  },
  { graceMs: 0 },
)

/** Two live roots in strict mode, behind a network that breaks at random bytes. */
async function openPage(meanBytesToCut: number) {
  const added: number[] = []
  const App = () => {
    const [sum, setSum] = useState(0)
    const add = async (value: number) => {
      added.push(value)
      setSum((before) => before + value)
      return value * 2
    }
    const digest = async (file: Blob) => sha(Buffer.from(await file.arrayBuffer()))
    return (
      <p>
        {sum} <Probe add={add} count={count} digest={digest} /> <Board />
      </p>
    )
  }
  const server = createLiveServer({
    clientModules,
    routes: [route('/app', App), route('/board', () => <Board />)],
  })
  const { port } = await server.listen(0, '127.0.0.1')
  const network = new ChaosProxy({ targets: [port], draw: new Draw(seed), meanBytesToCut })
  const connect = connectTo(await network.listen())
  const client = createLiveClient({ connect, reconnect: { firstDelayMs: 1, maxDelayMs: 5 } })
  const { createRoot } = await loadReactDom()
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  const roots = ['/app', '/board'].map((path) => (
    <Suspense key={path}>
      <LiveRoot route={path} />
    </Suspense>
  ))
  root.render(createElement(StrictMode, null, <LiveProvider client={client}>{roots}</LiveProvider>))
  await until(() => container.querySelectorAll('button').length === 2)
  const close = async () => {
    root.unmount()
    client.close()
    container.remove()
    await network.close()
    await server.close()
  }
  return { added, server, network, container, close }
}

async function* count(to: number): AsyncGenerator<number> {
  for (let n = 1; n <= to; n++) {
    yield n
    if (n % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** What a stream gives; in the browser there is a promise of it. */
async function listed(stream: AsyncIterable<number> | Promise<AsyncIterable<number>>): Promise<number[]> {
  const all: number[] = []
  for await (const value of await stream) all.push(value)
  return all
}

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test(`connections cut at any byte: calls, results, streams and shared roots, once and in order (seed ${seed})`, async () => {
  const page = await openPage(1_500)
  const { sessions } = page.server
  const numbers = Array.from({ length: 60 }, (_, i) => i + 1)
  const answers: Promise<number>[] = []
  const streams: Promise<number[]>[] = []
  for (const n of numbers) {
    answers.push(functions.add(n))
    if (n % 20 === 0) streams.push(listed(functions.count(40)))
    page.container.querySelectorAll('button')[n % 2]?.click()
    push(String(n % 10))
    await new Promise((resolve) => setTimeout(resolve, n % 4))
  }
  expect(await Promise.all(answers)).toEqual(numbers.map((n) => n * 2))
  const counted = Array.from({ length: 40 }, (_, i) => i + 1)
  expect(await Promise.all(streams)).toEqual([counted, counted, counted])
  expect(page.added).toEqual(numbers)
  const board = `60 ${numbers.map((n) => n % 10).join('')}`
  const shown = () => [...page.container.querySelectorAll('button')].map(({ textContent }) => textContent)
  await until(
    () => shown().every((text) => text === board),
    () => `${shown()} is not ${board}`,
  )
  expect(page.container.querySelector('p')?.textContent).toContain('1830 ')
  // No other has begun, but where the very first welcome was lost.
  expect(page.server.sessions).toBe(sessions)
  expect(page.network.cuts).toBeGreaterThan(3)
  await page.close()
})

test(`connections cut within files: they arrive whole, and their calls run once (seed ${seed})`, async () => {
  const page = await openPage(90_000)
  const { sessions } = page.server
  const files = [400_000, 7, 150_000, 33_000].map((size) => randomBytes(size))
  const digests = files.map((bytes) => functions.digest(new Blob([bytes])))
  const between = [1, 2, 3].map((n) => functions.add(n))
  expect(await Promise.all(digests)).toEqual(files.map(sha))
  expect(await Promise.all(between)).toEqual([2, 4, 6])
  expect(page.added).toEqual([1, 2, 3])
  expect(page.server.sessions).toBe(sessions)
  expect(page.network.cuts).toBeGreaterThan(0)
  await page.close()
})
