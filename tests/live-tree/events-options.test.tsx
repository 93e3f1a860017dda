/** @jsxImportSource liveroot */
import '../support/dom.ts'
import { type OnOptions, on } from 'liveroot'
import { clientComponent, type LiveScreen, renderLive } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import { click, deferred, framesSince, html, until } from './support.ts'

const { KeyboardEvent, InputEvent, MouseEvent, WheelEvent } = window as unknown as typeof globalThis

function find<T extends HTMLElement>({ container }: LiveScreen, selector: string): T {
  return container.querySelector(selector) as T
}

const bubbles = { bubbles: true, cancelable: true }

function type(screen: LiveScreen, value: string, selector = 'input'): void {
  const input = find<HTMLInputElement>(screen, selector)
  input.value = value
  input.dispatchEvent(new InputEvent('input', bubbles))
}

function calls({ traffic }: LiveScreen): number {
  return traffic.filter(({ up, data }) => up && String(data).startsWith('c')).length
}

/** Longer than any test takes: only what ends the wait early can send. */
const long = 60_000

test('prevent and stop act at once, in the browser', async () => {
  const seen: string[] = []
  const screen = await renderLive(
    <div onContextMenu={() => seen.push('around')}>
      <i onContextMenu={on(() => seen.push('inside'), { prevent: true, stop: true })} />
    </div>,
  )
  const event = new MouseEvent('contextmenu', bubbles)
  find(screen, 'i').dispatchEvent(event)
  await screen.settled()
  expect([event.defaultPrevented, seen]).toEqual([true, ['inside']])
  await screen.unmount()
})

test('prevent: false lets a link go on', async () => {
  const seen: string[] = []
  const screen = await renderLive(
    <a href="/away" onClick={on(() => seen.push('told'), { prevent: false })} />,
  )
  let went = false
  const listener = (event: Event) => {
    went = !event.defaultPrevented
    event.preventDefault()
  }
  window.addEventListener('click', listener)
  await click(screen, 'a')
  window.removeEventListener('click', listener)
  expect([went, seen]).toEqual([true, ['told']])
  await screen.unmount()
})

test('once: the first event of an element, and of the next element anew', async () => {
  let calls = 0
  function App() {
    const [n, set] = useState(0)
    return (
      <>
        <button key={n} type="button" onClick={on(() => void calls++, { once: true })} title={`${calls}`} />
        <i onClick={() => set(n + 1)} />
        <u onClick={() => set(n)} />
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  await click(screen)
  expect(calls).toBe(1)
  await click(screen, 'i')
  await click(screen)
  expect(calls).toBe(2)
  await screen.unmount()
})

test('capture: before the handlers inside', async () => {
  const seen: string[] = []
  const screen = await renderLive(
    <div onClick={on(() => seen.push('around'), { capture: true })}>
      <b onClick={() => seen.push('inside')} />
    </div>,
  )
  await click(screen, 'b')
  expect(seen).toEqual(['around', 'inside'])
  await screen.unmount()
})

test('passive: false makes a wheel preventable, also where the option comes later; it is called once', async () => {
  const turns: number[] = []
  function App() {
    const [passive, set] = useState(true)
    return (
      <div onWheel={on(({ deltaY }) => turns.push(deltaY), { prevent: true, passive })}>
        <i onClick={() => set(!passive)} />
      </div>
    )
  }
  const screen = await renderLive(<App />)
  const turn = async () => {
    const event = new WheelEvent('wheel', { ...bubbles, deltaY: 3 })
    find(screen, 'div').dispatchEvent(event)
    await screen.settled()
    return event.defaultPrevented
  }
  expect(await turn()).toBe(false)
  await click(screen, 'i')
  expect([await turn(), turns]).toEqual([true, [3, 3]])
  await click(screen, 'i')
  expect([await turn(), turns]).toEqual([false, [3, 3, 3]])
  await screen.unmount()
})

test('keys: only those named', async () => {
  const seen: string[] = []
  const screen = await renderLive(
    <input onKeyDown={on(({ key }) => seen.push(key), { keys: ['Enter', 'ctrl+s'], prevent: true })} />,
  )
  const press = (init: KeyboardEventInit) => {
    const event = new KeyboardEvent('keydown', { ...bubbles, ...init })
    find(screen, 'input').dispatchEvent(event)
    return event.defaultPrevented
  }
  const prevented = [
    press({ key: 'a' }),
    press({ key: 'Enter' }),
    press({ key: 's' }),
    press({ key: 's', ctrlKey: true }),
    press({ key: 'Enter', isComposing: true }),
  ]
  await screen.settled()
  expect(prevented).toEqual([false, true, false, true, false])
  expect(seen).toEqual(['Enter', 's'])
  await screen.unmount()
})

test('debounceMs: one call, for the last event, and the element is marked meanwhile', async () => {
  const seen: string[] = []
  const screen = await renderLive(
    <input onInput={on(({ target }) => seen.push(target.value), { debounceMs: 40 })} />,
  )
  for (const value of ['a', 'ab', 'abc']) type(screen, value)
  expect(html(screen)).toContain('data-live-pending')
  expect([calls(screen), seen]).toEqual([0, []])
  await until(() => seen.length > 0)
  await until(() => !html(screen).includes('data-live-pending'))
  expect([calls(screen), seen]).toEqual([1, ['abc']])
  await screen.unmount()
})

test.each<[string, (screen: LiveScreen) => unknown]>([
  ['the focus leaves the field', (screen) => find(screen, 'input').blur()],
  ['its form is submitted', (screen) => find(screen, '[type=submit]').click()],
  ['it leaves the page', (screen) => find(screen, '#hide').click()],
  ['the page is left', () => window.dispatchEvent(new Event('pagehide'))],
])('what waits is sent when %s', async (_, leave) => {
  const seen: string[] = []
  function App() {
    const [shown, show] = useState(true)
    if (!shown) return 'gone'
    return (
      <form onSubmit={({ formData }) => seen.push(`submit ${formData.get('word')}`)}>
        <input name="word" onInput={on(({ target }) => seen.push(target.value), { debounceMs: long })} />
        <button type="submit" />
        <i id="hide" onClick={() => show(false)} />
      </form>
    )
  }
  const screen = await renderLive(<App />)
  find(screen, 'input').focus()
  type(screen, 'word')
  await screen.settled()
  expect(seen).toEqual([])
  leave(screen)
  await until(() => seen.length > 0)
  await screen.settled()
  expect(seen[0]).toBe('word')
  await screen.unmount()
})

test('what waits is sent when the live root is unmounted', async () => {
  const seen: string[] = []
  const screen = await renderLive(
    <input onInput={on(({ target }) => seen.push(target.value), { debounceMs: long })} />,
  )
  type(screen, 'word')
  await screen.unmount()
  expect(seen).toEqual(['word'])
})

test('an update of the element does not end the wait', async () => {
  const seen: string[] = []
  let refresh = () => {}
  function App() {
    const [n, set] = useState(0)
    refresh = () => set(n + 1)
    return (
      <input title={`${n}`} onInput={on(({ target }) => seen.push(target.value), { debounceMs: long })} />
    )
  }
  const screen = await renderLive(<App />)
  type(screen, 'word')
  refresh()
  await until(() => html(screen).includes('title="1"'))
  expect(seen).toEqual([])
  await screen.unmount()
})

test('throttleMs: the first at once, then the last of those that came meanwhile', async () => {
  const seen: string[] = []
  const screen = await renderLive(
    <input onInput={on(({ target }) => seen.push(target.value), { throttleMs: 1_000 })} />,
  )
  for (const value of ['a', 'ab', 'abc']) type(screen, value)
  await until(() => seen.length === 1)
  expect(calls(screen)).toBe(1)
  await until(() => seen.length === 2)
  expect([calls(screen), seen]).toEqual([2, ['a', 'abc']])
  await screen.unmount()
})

test('latest: one call under way, and then one for the last event', async () => {
  const seen: string[] = []
  const first = deferred()
  const screen = await renderLive(
    <input
      onInput={on(
        ({ target }) => {
          seen.push(target.value)
          return first.promise
        },
        { latest: true },
      )}
    />,
  )
  for (const value of ['a', 'ab', 'abc']) type(screen, value)
  await screen.settled()
  expect(seen).toEqual(['a'])
  first.resolve()
  await until(() => seen.length === 2)
  expect([calls(screen), seen]).toEqual([2, ['a', 'abc']])
  await screen.unmount()
})

test('bind keeps the options', async () => {
  const seen: string[] = []
  const add = on(
    (prefix: string, { target }: { target: { value: string } }) => {
      seen.push(`${prefix} ${target.value}`)
    },
    { debounceMs: 40 },
  )
  const screen = await renderLive(<input onInput={add.bind(null, 'a').bind(null) as never} />)
  for (const value of ['x', 'xy']) type(screen, value)
  await until(() => seen.length > 0)
  expect([calls(screen), seen]).toEqual([1, ['a xy']])
  await screen.unmount()
})

test('two elements wait apart from each other', async () => {
  const seen: string[] = []
  const options: OnOptions = { debounceMs: 40 }
  const screen = await renderLive(
    <ul>
      {['a', 'b'].map((id) => (
        <li key={id}>
          <input id={id} onInput={on(({ target }) => seen.push(target.value), options)} />
        </li>
      ))}
    </ul>,
  )
  type(screen, 'one', '#a')
  type(screen, 'two', '#b')
  await until(() => seen.length === 2)
  expect(seen).toEqual(['one', 'two'])
  await screen.unmount()
})

test('a client component’s function keeps its timing; those superseded settle with the last', async () => {
  let save: (n: number) => Promise<unknown> = async () => {}
  const Probe = clientComponent('OptionsProbe', (props: { save(n: number): unknown }): ReactNode => {
    save = props.save as typeof save
    return null
  })
  const seen: number[] = []
  const screen = await renderLive(
    <Probe
      save={on(
        (n: number) => {
          seen.push(n)
          return `saved ${n}`
        },
        { debounceMs: 20 },
      )}
    />,
  )
  expect(await Promise.all([save(1), save(2), save(3)])).toEqual(['saved 3', 'saved 3', 'saved 3'])
  expect(seen).toEqual([3])
  await screen.unmount()
})

describe('what waits in a function that a client component was given is sent when', () => {
  const seen: string[] = []
  const Search = clientComponent('WaitingSearch', ({ search }: { search(text: string): unknown }) => (
    <form onSubmit={(event) => event.preventDefault()}>
      <input onInput={({ currentTarget }) => void search(currentTarget.value)} />
    </form>
  ))
  function Inner() {
    return <Search search={on((text: string) => void seen.push(text), { debounceMs: long })} />
  }
  function Page() {
    const [shows, show] = useState({ slot: true, element: true })
    return (
      <>
        {shows.slot && <Inner />}
        {shows.element && (
          <Search search={on((text: string) => void seen.push(text), { debounceMs: long })} />
        )}
        <button id="slot" type="button" onClick={() => show({ ...shows, slot: false })} />
        <button id="element" type="button" onClick={() => show({ ...shows, element: false })} />
      </>
    )
  }
  const inner = 'form:first-of-type input'
  const own = 'form:last-of-type input'

  test.each<[string, string, (screen: LiveScreen) => unknown]>([
    ['the component with its slot goes', inner, (screen) => find(screen, '#slot').click()],
    ['it goes from the content of a slot that stays', own, (screen) => find(screen, '#element').click()],
    ['the focus leaves the field whose event it was called in', own, (screen) => find(screen, own).blur()],
    [
      'the form of that field is submitted',
      own,
      (screen) => find<HTMLFormElement>(screen, 'form:last-of-type').requestSubmit(),
    ],
    ['the page is left', own, () => window.dispatchEvent(new Event('pagehide'))],
  ])('%s', async (_, selector, leave) => {
    seen.length = 0
    const screen = await renderLive(<Page />)
    find(screen, selector).focus()
    type(screen, 'words', selector)
    await screen.settled()
    expect(seen).toEqual([])
    leave(screen)
    await screen.settled()
    expect(seen).toEqual(['words'])
    await screen.unmount()
  })

  test('the live root is unmounted', async () => {
    seen.length = 0
    const screen = await renderLive(<Page />)
    type(screen, 'words', own)
    await screen.settled()
    await screen.unmount()
    expect(seen).toEqual(['words'])
  })

  test('an update leaves it where it is', async () => {
    seen.length = 0
    const screen = await renderLive(<Page />)
    type(screen, 'words', own)
    find(screen, '#slot').click()
    await screen.settled()
    expect([seen, screen.container.querySelectorAll('form').length]).toEqual([[], 1])
    await screen.unmount()
  })
})

test('a new closure with equal options sends nothing; other options send only themselves', async () => {
  function App() {
    const [debounceMs, set] = useState(10)
    const [, refresh] = useState(0)
    return (
      <>
        <input onInput={on(() => {}, { debounceMs, keys: ['a'] })} />
        <i onClick={() => refresh((n) => n + 1)} />
        <u onClick={() => set(20)} />
      </>
    )
  }
  const screen = await renderLive(<App />)
  const from = screen.traffic.length
  await click(screen, 'i')
  expect(framesSince(screen, from)).toEqual([])
  await click(screen, 'u')
  expect(framesSince(screen, from).join()).toMatch(
    /0:\[\[\d,\[0,"onInput"\],\["\$","",null,\["0\.onInput","d20 ka"\].*\]\]\n$/,
  )
  await screen.unmount()
})

test('with the option files, those of the event are among its fields', async () => {
  const { serializeEvent } = await import('../../src/client/events.ts')
  const input = document.createElement('input')
  const file = new File(['text'], 'a.txt')
  Object.defineProperty(input, 'type', { value: 'file' })
  Object.defineProperty(input, 'files', { value: [file] })
  const event = { type: 'change', target: input, currentTarget: input } as never
  expect(serializeEvent(event, { path: '0.onChange', files: true })).toEqual({
    '@': 0,
    t: { y: 'file', fi: [file] },
  })
  expect(serializeEvent(event, { path: '0.onChange' })).toEqual({ '@': 0, t: { y: 'file' } })
})

test('options that mean nothing are refused where they are written', () => {
  const refused = expect.objectContaining({ code: 'bad_handler_options' })
  expect(() => on(() => {}, { debounceMs: Number.NaN })).toThrow(refused)
  expect(() => on(() => {}, { throttleMs: -1 })).toThrow(refused)
  expect(() => on(() => {}, { keys: ['a b'] })).toThrow(refused)
})
