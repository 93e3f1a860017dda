import '../support/dom.ts'
import { live, useLiveStream } from 'liveroot/client'
import { clientComponent, type LiveScreen, renderLive } from 'liveroot/testing'
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { deferred, html, quietConsole, text, until, wait } from '../live-tree/support.ts'
import { enter } from '../support/user.ts'

quietConsole()

type Ask = (...args: unknown[]) => Promise<unknown>
let ask: Ask = async () => {}
const Probe = clientComponent('ResumeProbe', ({ ask: given }: { ask: unknown }): ReactNode => {
  ask = given as Ask
  return null
})

const quick = { client: { reconnect: { firstDelayMs: 5, maxDelayMs: 5 } } }
/** The server knows nothing of the session any more when the browser is back. */
const forgetful = { ...quick, limits: { sessionGraceMs: 0, sessionTtlMs: 0 } }
/** It has what it needs to go on, but not all that was on the way. */
const shortOfMemory = { ...quick, limits: { maxUnackedBytes: 1 } }

/** Cuts the connection, and waits for the next. */
async function cut(screen: LiveScreen): Promise<void> {
  const before = screen.link.opened
  screen.link.cut()
  await until(() => screen.link.opened > before)
  await screen.settled()
}

function Counter(): ReactNode {
  const [count, setCount] = useState(0)
  return <button onClick={() => setCount((n) => n + 1)}>{count}</button>
}

function press(screen: LiveScreen): void {
  screen.container.querySelector('button')?.click()
}

test('a new socket goes on with the session: state, trees and numbers stay', async () => {
  let mounts = 0
  let unmounts = 0
  const App = () => {
    useEffect(() => {
      mounts++
      return () => void unmounts++
    }, [])
    return <Counter />
  }
  const screen = await renderLive(<App />, quick)
  press(screen)
  await screen.settled()
  await cut(screen)
  press(screen)
  await until(() => text(screen) === '2')
  expect([mounts, unmounts, screen.server.sessions]).toEqual([1, 0, 1])
  await screen.unmount()
  expect(unmounts).toBe(1)
})

test('what the server did meanwhile is there, and nothing of it twice', async () => {
  let push: (text: string) => void = () => {}
  const App = () => {
    const [lines, setLines] = useState<readonly string[]>([])
    push = (line) => setLines((all) => [...all, line])
    return (
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    )
  }
  const screen = await renderLive(<App />, quick)
  push('a')
  await screen.settled()
  screen.link.goOffline()
  for (const line of ['b', 'c', 'd']) {
    push(line)
    await wait(5)
  }
  expect(text(screen)).toBe('a')
  screen.link.goOnline()
  await until(() => text(screen) === 'abcd')
  await screen.unmount()
})

test('calls that are made offline wait, and run once, in order', async () => {
  const ran: number[] = []
  const screen = await renderLive(<Probe ask={(n: number) => ran.push(n)} />, quick)
  screen.link.goOffline()
  await wait(1)
  const answers = Array.from({ length: 90 }, (_, n) => ask(n))
  await wait(20)
  expect(ran).toEqual([])
  screen.link.goOnline()
  // More than the server takes unanswered, so some wait for the others' answers.
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 90 }, (_, n) => n + 1))
  expect(ran).toEqual(Array.from({ length: 90 }, (_, n) => n))
  expect(screen.server.refused).toEqual({})
  await screen.unmount()
})

test('past the bound a call is rejected at once', async () => {
  const screen = await renderLive(<Probe ask={(n: number) => n} />, {
    client: { ...quick.client, maxOfflineCalls: 2 },
  })
  screen.link.goOffline()
  await wait(1)
  const kept = [ask(1), ask(2)]
  await expect(ask(3)).rejects.toMatchObject({ code: 'too_many_offline_calls' })
  screen.link.goOnline()
  expect(await Promise.all(kept)).toEqual([1, 2])
  await screen.unmount()
})

describe.each([
  ['resumed', quick],
  ['restored', shortOfMemory],
])('a session that is %s', (_, options) => {
  test('a call that runs while the connection is lost is answered on the next, and runs once', async () => {
    let runs = 0
    const { promise, resolve } = deferred<string>()
    const App = () => (
      <Probe
        ask={() => {
          runs++
          return promise
        }}
      />
    )
    const screen = await renderLive(<App />, options)
    const answer = ask()
    await until(() => runs === 1)
    await cut(screen)
    resolve('done')
    expect(await answer).toBe('done')
    expect(runs).toBe(1)
    await screen.unmount()
  })

  test('an answer that was lost is given again, and the call is not run again', async () => {
    let runs = 0
    const { promise, resolve } = deferred()
    const App = () => {
      const [count, setCount] = useState(0)
      const run = async () => {
        await promise
        setCount(++runs)
        return `run ${runs}`
      }
      return (
        <>
          <Probe ask={run} />
          {count}
        </>
      )
    }
    const screen = await renderLive(<App />, options)
    const answer = ask()
    await screen.settled()
    screen.link.goOffline()
    resolve()
    await until(() => runs === 1)
    await wait(20)
    screen.link.goOnline()
    expect(await answer).toBe('run 1')
    await until(() => text(screen) === '1')
    expect(runs).toBe(1)
    await screen.unmount()
  })

  test('state lives on, and so do the closures that the user sees', async () => {
    const screen = await renderLive(<Counter />, options)
    press(screen)
    await until(() => text(screen) === '1')
    await cut(screen)
    expect(text(screen)).toBe('1')
    press(screen)
    await until(() => text(screen) === '2')
    screen.link.goOffline()
    await wait(1)
    press(screen)
    press(screen)
    screen.link.goOnline()
    await until(() => text(screen) === '4')
    await screen.unmount()
  })

  test('what was typed without a connection stays, and arrives', async () => {
    const values: string[] = []
    const App = () => {
      const [value, setValue] = useState('')
      const change = (event: { target: { value: string } }) => {
        values.push(event.target.value)
        setValue(event.target.value)
      }
      return (
        <label>
          <input value={value} onChange={change} />
          {value}
        </label>
      )
    }
    const screen = await renderLive(<App />, options)
    const input = screen.container.querySelector('input') as HTMLInputElement
    input.focus()
    enter(input, 'a')
    await screen.settled()
    screen.link.goOffline()
    await wait(5)
    enter(input, 'b')
    await wait(20)
    enter(input, 'c')
    await wait(20)
    expect(input.value).toBe('abc')
    screen.link.goOnline()
    await until(() => text(screen) === 'abc')
    expect(input.value).toBe('abc')
    expect(values).toEqual(['a', 'ab', 'abc'])
    expect(document.activeElement).toBe(input)
    await screen.unmount()
  })

  test('files go on, or begin again, and arrive whole', async () => {
    const sum = async (file: Blob) => {
      let total = 0
      for (const byte of new Uint8Array(await file.arrayBuffer())) total += byte
      return total
    }
    const screen = await renderLive(<Probe ask={sum} />, options)
    const bytes = new Uint8Array(3_000_000).map((_, i) => i % 251)
    const answer = ask(new Blob([bytes]))
    for (let i = 0; i < 3; i++) {
      await wait(5)
      await cut(screen)
    }
    expect(await answer).toBe(bytes.reduce((total, byte) => total + byte, 0))
    await screen.unmount()
  })
})

test('a stream goes on where it was, value by value', async () => {
  async function* count() {
    for (let n = 1; n <= 40; n++) yield n
  }
  const screen = await renderLive(<Probe ask={count} />, quick)
  const values: number[] = []
  for await (const value of (await ask()) as AsyncIterable<number>) {
    values.push(value)
    if (value % 10 === 0) await cut(screen)
  }
  expect(values).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  await screen.unmount()
})

describe('a session that is lost', () => {
  test('the roots are mounted afresh; the old picture and the state of the browser stay until then', async () => {
    const Note = clientComponent('ResumeNote', ({ children }: { children: ReactNode }) => {
      const [clicks, setClicks] = useState(0)
      return (
        <p onClick={() => setClicks((n) => n + 1)}>
          {clicks} clicks {children}
        </p>
      )
    })
    let mounts = 0
    const App = () => {
      const [mount] = useState(() => ++mounts)
      return (
        <Note>
          of mount {mount} <input defaultValue="" />
        </Note>
      )
    }
    const screen = await renderLive(<App />, forgetful)
    screen.container.querySelector('p')?.click()
    const input = screen.container.querySelector('input') as HTMLInputElement
    input.focus()
    enter(input, 'half a sen')
    await until(() => text(screen).startsWith('1 clicks'))
    screen.link.goOffline()
    await wait(20)
    expect(text(screen)).toBe('1 clicks of mount 1 ')
    screen.link.goOnline()
    await until(() => text(screen) === '1 clicks of mount 2 ')
    expect(screen.container.querySelector('input')).toBe(input)
    expect([input.value, document.activeElement === input]).toEqual(['half a sen', true])
    await screen.unmount()
  })

  test('calls on the old picture are rejected, those that were sent and those that were not, and run nothing', async () => {
    let runs = 0
    const App = () => (
      <Probe
        ask={() => {
          runs++
          return new Promise(() => {})
        }}
      />
    )
    const screen = await renderLive(<App />, forgetful)
    const sent = ask()
    await until(() => runs === 1)
    const old = ask
    screen.link.goOffline()
    await wait(20)
    const unsent = old()
    unsent.catch(() => {})
    screen.link.goOnline()
    await expect(sent).rejects.toMatchObject({ code: 'connection_lost' })
    await expect(unsent).rejects.toMatchObject({ code: 'connection_lost' })
    await until(() => ask !== old)
    await expect(old()).rejects.toMatchObject({ code: 'connection_lost' })
    expect(runs).toBe(1)
    await screen.unmount()
  })

  test('useLiveStream begins anew', async () => {
    let begun = 0
    async function* count(given: { value: number }) {
      begun++
      yield `${begun}: ${given.value}`
      await new Promise(() => {})
    }
    const Reader = clientComponent('ResumeReader', ({ fn }: { fn: unknown }): ReactNode => {
      return useLiveStream(fn as (n: number) => AsyncIterable<string>, [live(7) as never])
    })
    const App = () => (
      <Suspense fallback="waits">
        <Reader fn={count} />
      </Suspense>
    )
    const screen = await renderLive(<App />, forgetful)
    await until(() => text(screen) === '1: 7')
    await cut(screen)
    await until(() => text(screen) === '2: 7')
    expect(html(screen)).not.toContain('waits')
    await screen.unmount()
  })
})

test('a page that is loaded anew with the token finds its state', async () => {
  // By hand, for the page of this test stays.
  const screen = await renderLive(<Counter />, quick)
  press(screen)
  await screen.settled()
  const { token } = JSON.parse(bodyOf(screen, 'w')) as { token: string }
  const heard: string[] = []
  const socket = screen.link.connect({
    opened() {},
    message: (data) => heard.push(String(data)),
    closed() {},
  })
  await wait(5)
  socket.send(`h2\n${JSON.stringify({ token })}`)
  socket.send('m5\n/')
  await until(() => heard.some((message) => message.startsWith('f5,')))
  expect(JSON.parse(heard[0]?.split('\n')[1] ?? '')).toMatchObject({ session: 'restored', handled: 0 })
  expect(heard.find((message) => message.startsWith('f5,'))).toContain('"children":1')
  await screen.unmount()
})

function bodyOf({ traffic }: LiveScreen, letter: string): string {
  const found = traffic.find(({ up, data }) => !up && String(data).startsWith(letter))
  return String(found?.data).split('\n')[1] ?? ''
}
