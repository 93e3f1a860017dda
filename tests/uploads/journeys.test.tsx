import '../support/dom.ts'
import { randomBytes } from 'node:crypto'
import type { UploadProgress } from 'liveroot/client'
import { LiveRoot, useUpload } from 'liveroot/client'
import { route } from 'liveroot/server'
import { clientComponent, renderLive } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import { openPage } from '../live-tree/page.ts'
import { click, deferred, text, until } from '../live-tree/support.ts'
import { bytesOf, temporaryFiles } from './pipe.ts'

interface ProbeProps {
  readonly ask: (...args: never[]) => unknown
  readonly children?: ReactNode
}

/** Hands the function it is given, wrapped, to the test, and shows its progress. */
let ask: (...args: unknown[]) => Promise<unknown> = async () => {}
const seen: (UploadProgress | null)[] = []
const Probe = clientComponent('UploadProbe', ({ ask: given, children }: ProbeProps): ReactNode => {
  const [upload, progress] = useUpload(given)
  ask = upload as typeof ask
  seen.push(progress)
  return (
    <>
      {progress === null ? 'idle' : `${progress.sentBytes} of ${progress.totalBytes}`}
      {children}
    </>
  )
})

type Bytes = Uint8Array<ArrayBuffer>

beforeEach(() => {
  seen.length = 0
})
afterEach(() => until(() => temporaryFiles().length === 0))

test('files and blobs stand anywhere in the arguments, and arrive as they were given', async () => {
  const received: Buffer[] = []
  const described: unknown[] = []
  async function receive(first: File, rest: { list: Blob[]; map: Map<string, File> }, form: FormData) {
    const named = form.getAll('file') as File[]
    for (const each of [first, ...rest.list, ...rest.map.values(), ...named]) {
      described.push([each instanceof Blob, each.size, each.type])
      received.push(await bytesOf(each))
    }
    return [first.name, first.lastModified, form.get('note'), ...named.map(({ name }) => name)]
  }
  const screen = await renderLive(<Probe ask={receive} />)
  const data = [700_000, 5, 0, 40_000, 12, 0].map((size): Bytes => randomBytes(size))
  const [a, b, c, d, e, f] = data as [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes]
  const form = new FormData()
  form.append('file', new File([e], 'é.txt', { type: 'text/plain' }))
  form.append('note', 'between')
  form.append('file', new File([f], ''))
  const rest = {
    list: [new Blob([b], { type: 'image/png' }), new Blob([c])],
    map: new Map([['d', new File([d], 'd')]]),
  }
  const result = await ask(new File([a], 'first', { lastModified: 77 }), rest, form)
  expect(result).toEqual(['first', 77, 'between', 'é.txt', ''])
  expect(Buffer.concat(received).equals(Buffer.concat(data))).toBe(true)
  expect(described.slice(0, 2)).toEqual([
    [true, 700_000, ''],
    [true, 5, 'image/png'],
  ])
  await screen.unmount()
})

test('the browser sees the progress of the call, and none when it is over', async () => {
  const screen = await renderLive(<Probe ask={(file: File) => file.size} />)
  expect(text(screen)).toBe('idle')
  expect(await ask(new Blob([new Uint8Array(3_000_000)]))).toBe(3_000_000)
  await screen.settled()
  const shown = seen.filter((progress) => progress !== null)
  expect(shown.length).toBeGreaterThan(2)
  expect(shown.at(-1)).toEqual({ sentBytes: 3_000_000, totalBytes: 3_000_000, fraction: 1 })
  expect(text(screen)).toBe('idle')
  await screen.unmount()
})

test.each<[string, unknown]>([
  ['a file', new Blob([new Uint8Array(8_000_000)])],
  ['an array of bytes', { deep: [new Uint8Array(8_000_000)] }],
])(
  'a call with %s takes its turn when that has arrived: clicks made meanwhile do not wait',
  async (_, file) => {
    const order: string[] = []
    function App() {
      const [n, set] = useState(0)
      return (
        <Probe ask={() => void order.push('file')}>
          <button
            onClick={() => {
              order.push('click')
              set(n + 1)
            }}
          >
            {n}
          </button>
        </Probe>
      )
    }
    const screen = await renderLive(<App />)
    const uploaded = ask(file)
    await until(() => seen.at(-1) !== null)
    await click(screen)
    await uploaded
    expect(order).toEqual(['click', 'file'])
    await screen.unmount()
  },
)

test('a file over the limit rejects the call with its code before much of it was sent; the page goes on', async () => {
  const ran: unknown[] = []
  const screen = await renderLive(<Probe ask={(file: File) => void ran.push(file.size)} />, {
    limits: { maxUploadBytes: 100_000 },
  })
  await expect(ask(new Blob([new Uint8Array(50_000_000)]))).rejects.toMatchObject({
    code: 'upload_too_large',
  })
  await screen.settled()
  const sent = screen.traffic.reduce((sum, { up, data }) => sum + (up ? data.length : 0), 0)
  expect(sent).toBeLessThan(1_200_000)
  expect(text(screen)).toBe('idle')
  await ask(new Blob([new Uint8Array(100_000)]))
  expect(ran).toEqual([100_000])
  await screen.unmount()
})

test('a function that throws, or returns a stream of what it reads, has its file until its end', async () => {
  const gate = deferred()
  async function* lengths(file: File) {
    yield file.size
    await gate.promise
    yield (await file.arrayBuffer()).byteLength
  }
  const screen = await renderLive(<Probe ask={(file: File) => lengths(file)} />)
  const stream = (await ask(new Blob([new Uint8Array(500_000)]))) as AsyncIterable<number>
  expect(temporaryFiles()).toHaveLength(1)
  gate.resolve()
  const values: number[] = []
  for await (const value of stream) values.push(value)
  expect(values).toEqual([500_000, 500_000])
  await until(() => temporaryFiles().length === 0)
  await screen.unmount()
})

test('the file of a call that throws, or that is refused, is gone', async () => {
  const screen = await renderLive(
    <Probe
      ask={() => {
        throw new Error('not today')
      }}
    />,
    { onError: () => {}, limits: { maxArgumentDepth: 4 } },
  )
  const file = () => new Blob([new Uint8Array(300_000)])
  await expect(ask(file())).rejects.toMatchObject({ code: 'handler_failed' })
  await until(() => temporaryFiles().length === 0)
  await expect(ask(file(), [[[[[[1]]]]]])).rejects.toMatchObject({ code: 'arguments_too_deep' })
  await screen.unmount()
})

test('leaving the page during an upload rejects the call; the server keeps nothing', async () => {
  const screen = await renderLive(<Probe ask={() => {}} />)
  const uploaded = ask(new Blob([new Uint8Array(9_000_000)]))
  await until(() => temporaryFiles().length === 1)
  await Promise.all([expect(uploaded).rejects.toMatchObject({ code: 'connection_lost' }), screen.unmount()])
})

test('a session that is lost during an upload rejects the call; in the next one all is as before', async () => {
  const page = await openPage({
    routes: [route('/', () => <Probe ask={(file: File) => file.size} />)],
    limits: { sessionGraceMs: 0, sessionTtlMs: 0 },
  })
  page.render(<LiveRoot route="/" />)
  await until(() => page.text() === 'idle')
  const lost = ask(new Blob([new Uint8Array(9_000_000)]))
  await until(() => temporaryFiles().length === 1)
  page.connections[0]?.drop()
  await expect(lost).rejects.toMatchObject({ code: 'connection_lost' })
  await until(() => page.connections.length === 2 && temporaryFiles().length === 0)
  await until(
    () => page.text() === 'idle' && page.connections[1]?.up.some((each) => each.startsWith('a1,1')) === true,
  )
  expect(await ask(new Blob([new Uint8Array(2_000_000)]))).toBe(2_000_000)
  await page.close()
})

test('the function is the action of a form; without files there is no progress', async () => {
  const received: unknown[] = []
  const Form = clientComponent('UploadForm', ({ save }: { save: (form: FormData) => Promise<void> }) => {
    const [upload, progress] = useUpload(save)
    seen.push(progress)
    return (
      <form action={upload}>
        <input name="title" defaultValue="holiday" />
      </form>
    )
  })
  const screen = await renderLive(<Form save={async (form) => void received.push(form.get('title'))} />)
  screen.container.querySelector('form')?.requestSubmit()
  await screen.settled()
  expect(received).toEqual(['holiday'])
  expect(seen.every((progress) => progress === null)).toBe(true)
  await screen.unmount()
})
