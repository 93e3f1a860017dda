/** @jsxImportSource liveroot */
import '../support/dom.ts'
import { clientComponent, type LiveScreen, renderLive } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import { Counter } from '../../fixtures/counter/counter.tsx'
import { click, deferred, quietConsole, text, until } from './support.ts'

quietConsole()

const { MouseEvent, WheelEvent, KeyboardEvent, InputEvent } = window as unknown as typeof globalThis

function find<T extends HTMLElement>({ container }: LiveScreen, selector: string): T {
  return container.querySelector(selector) as T
}

/** Dispatches an event; false when its default is prevented. */
async function fire(screen: LiveScreen, selector: string, event: Event): Promise<boolean> {
  const goesOn = find(screen, selector).dispatchEvent(event)
  await screen.settled()
  return goesOn
}

const bubbles = { bubbles: true, cancelable: true }

test('a click of the counter takes at most 50 bytes up', async () => {
  const screen = await renderLive(<Counter />)
  const button = find(screen, 'button')
  button.getBoundingClientRect = () => ({ left: 600, top: 500 }) as DOMRect
  await fire(screen, 'button', new MouseEvent('click', { ...bubbles, clientX: 712, clientY: 519 }))
  const sent = screen.traffic.map(({ data }) => String(data)).find((data) => data.startsWith('c'))
  expect(sent).toBe('c1,1,1,2\n0.onClick\n[{"@":[712,519,112,19]}]')
  // The 1,000th call, on the 1,000th frame.
  expect(String(sent).length + 6).toBeLessThanOrEqual(50)
  await screen.unmount()
})

test('a pointer tells where it is and with what', async () => {
  const seen: unknown[] = []
  const screen = await renderLive(
    <div
      onClick={({ type, clientX, clientY, offsetX, offsetY, button, shiftKey, altKey }) =>
        seen.push([type, clientX, clientY, offsetX, offsetY, button, shiftKey, altKey])
      }
      onPointerMove={({ pointerType, pressure, buttons }) => seen.push([pointerType, pressure, buttons])}
      onWheel={({ deltaY, deltaMode }) => seen.push([deltaY, deltaMode])}
      onDoubleClick={({ type }) => seen.push(type)}
      onTouchMove={({ clientX, offsetX }) => seen.push([clientX, offsetX])}
    >
      <b>inside</b>
    </div>,
  )
  find(screen, 'div').getBoundingClientRect = () => ({ left: 10, top: 20 }) as DOMRect
  await fire(
    screen,
    'b',
    new MouseEvent('click', { ...bubbles, clientX: 30.4, clientY: 50.6, shiftKey: true }),
  )
  const pointer = new MouseEvent('pointermove', { ...bubbles, buttons: 1 })
  await fire(screen, 'b', Object.assign(pointer, { pointerType: 'pen', pressure: 0.333333 }))
  await fire(screen, 'b', new WheelEvent('wheel', { ...bubbles, deltaY: -3, deltaMode: 1 }))
  await fire(screen, 'b', new MouseEvent('dblclick', bubbles))
  const touch = new Event('touchmove', bubbles)
  await fire(screen, 'b', Object.assign(touch, { changedTouches: [{ clientX: 15, clientY: 25 }] }))
  expect(seen).toEqual([
    ['click', 30, 51, 20, 31, 0, true, false],
    ['pen', 0.33, 1],
    [-3, 1],
    'dblclick',
    [15, 5],
  ])
  await screen.unmount()
})

test('fields tell what is in them, and which they are', async () => {
  const seen: unknown[] = []
  const screen = await renderLive(
    <fieldset
      data-form="a"
      onInput={({ target, currentTarget }) =>
        seen.push([target.id, target.name, target.value, target.dataset?.kind, currentTarget.dataset.form])
      }
    >
      <input id="word" name="word" data-kind="b" />
      <input type="checkbox" onChange={({ target }) => seen.push([target.type, target.checked])} />
      <select
        multiple
        defaultValue={['b', 'c']}
        onChange={({ target }) => seen.push(Array.from(target.selectedOptions, ({ value }) => value))}
      >
        <option>a</option>
        <option>b</option>
        <option>c</option>
      </select>
      <textarea onKeyDown={({ key, code, repeat, ctrlKey }) => seen.push([key, code, repeat, ctrlKey])} />
    </fieldset>,
  )
  const word = find<HTMLInputElement>(screen, '#word')
  word.value = 'sana'
  await fire(screen, '#word', new InputEvent('input', { ...bubbles, data: 'a' }))
  expect(seen.splice(0)).toEqual([['word', 'word', 'sana', 'b', 'a']])
  find(screen, '[type=checkbox]').click()
  await screen.settled()
  expect(seen[0]).toEqual(['checkbox', true])
  seen.length = 0
  find(screen, 'select').dispatchEvent(new Event('change', bubbles))
  await screen.settled()
  expect(seen.splice(0)).toEqual([['b', 'c']])
  const key = { key: 'x', code: 'KeyX', repeat: true, ctrlKey: true }
  await fire(screen, 'textarea', new KeyboardEvent('keydown', { ...bubbles, ...key }))
  expect(seen).toEqual([['x', 'KeyX', true, true]])
  await screen.unmount()
})

test('a submit brings the fields of the form and those of its button, and does not leave the page', async () => {
  const seen: unknown[] = []
  const screen = await renderLive(
    <section
      onSubmit={({ formData, submitter }) => seen.push([[...formData], submitter?.name, submitter?.value])}
    >
      <form>
        <input name="word" defaultValue="sana" />
        <button type="submit" name="how" value="fast">
          Send
        </button>
      </form>
    </section>,
  )
  const submits: boolean[] = []
  const listener = (event: Event) => submits.push(event.defaultPrevented)
  window.addEventListener('submit', listener)
  await click(screen)
  window.removeEventListener('submit', listener)
  expect(submits).toEqual([true])
  expect(seen).toEqual([
    [
      [
        ['word', 'sana'],
        ['how', 'fast'],
      ],
      'how',
      'fast',
    ],
  ])
  await screen.unmount()
})

test('text that is pasted or dropped travels, and where a list was scrolled to', async () => {
  const seen: unknown[] = []
  const screen = await renderLive(
    <div
      onPaste={({ clipboardData }) => seen.push(clipboardData.getData('text'))}
      onDrop={({ dataTransfer }) => seen.push(dataTransfer.getData('text/plain'))}
      onScroll={({ currentTarget }) => seen.push(currentTarget.scrollTop)}
    />,
  )
  const transfer = { getData: (format: string) => `as ${format}`, files: [] }
  await fire(screen, 'div', Object.assign(new Event('paste', bubbles), { clipboardData: transfer }))
  await fire(screen, 'div', Object.assign(new Event('drop', bubbles), { dataTransfer: transfer }))
  find(screen, 'div').scrollTop = 40
  await fire(screen, 'div', new Event('scroll'))
  expect(seen).toEqual(['as text/plain', 'as text/plain', 40])
  await screen.unmount()
})

test.each([
  ['on the link itself', '<a>', {}, false],
  ['on an element around it', '<p>', {}, false],
  ['inside it', '<b>', {}, true],
  ['with Ctrl, which opens it elsewhere', '<a>', { ctrlKey: true }, true],
  ['with Shift, which opens a window', '<p>', { shiftKey: true }, true],
])('a click on a link with a handler %s', async (_, where, init, goesOn) => {
  const seen: string[] = []
  const on = (name: string) => (where === name ? () => seen.push(name) : undefined)
  const screen = await renderLive(
    <p onClick={on('<p>')}>
      <a href="/away" onClick={on('<a>')}>
        <b onClick={on('<b>')}>away</b>
      </a>
    </p>,
  )
  // Not to be followed here in any case, for jsdom cannot.
  let went = false
  const listener = (event: Event) => {
    went = !event.defaultPrevented
    event.preventDefault()
  }
  window.addEventListener('click', listener)
  await fire(screen, 'b', new MouseEvent('click', { ...bubbles, ...init }))
  window.removeEventListener('click', listener)
  expect([went, seen]).toEqual([goesOn, [where]])
  await screen.unmount()
})

test('links that open beside the page, or are saved, go on', async () => {
  const screen = await renderLive(
    <p onClick={() => {}}>
      <a id="mail" href="mailto:a@example.org" />
      <a id="tab" href="/away" target="_blank" rel="noreferrer" />
      <a id="save" href="/away" download="" />
      <a id="here" href="/away" target="_self" />
    </p>,
  )
  const went: string[] = []
  const listener = (event: Event) => {
    if (!event.defaultPrevented) went.push((event.target as Element).id)
    event.preventDefault()
  }
  window.addEventListener('click', listener)
  for (const id of ['mail', 'tab', 'save', 'here']) await click(screen, `#${id}`)
  window.removeEventListener('click', listener)
  expect(went).toEqual(['mail', 'tab', 'save'])
  await screen.unmount()
})

test('an element is marked while calls of its are under way', async () => {
  const waits = [deferred(), deferred()]
  let next = 0
  const screen = await renderLive(
    <p>
      <button type="button" onClick={() => waits[next++]?.promise} />
    </p>,
  )
  await click(screen)
  await click(screen)
  const marked = () => screen.container.querySelectorAll('[data-live-pending]')
  expect([...marked()]).toEqual([find(screen, 'button')])
  waits[0]?.resolve()
  await screen.settled()
  expect(marked()).toHaveLength(1)
  waits[1]?.resolve()
  await until(() => marked().length === 0)
  await screen.unmount()
})

test('a call that fails takes its mark away, and rejects', async () => {
  const answers: unknown[] = []
  const Probe = clientComponent('EventsProbe', ({ save }: { save(event: unknown): unknown }): ReactNode => {
    return <i onClick={(event) => answers.push(save(event))} />
  })
  const screen = await renderLive(<Probe save={() => Promise.reject(new Error('no'))} />, {
    onError: () => {},
  })
  const marked = () => find(screen, 'i').hasAttribute('data-live-pending')
  find(screen, 'i').click()
  expect(marked()).toBe(true)
  await expect(answers[0]).rejects.toMatchObject({ code: 'handler_failed' })
  expect(marked()).toBe(false)
  await screen.unmount()
})

test('a form whose action runs is marked, and so is a button with an action of its own', async () => {
  const waits = { form: deferred(), button: deferred() }
  const seen: unknown[] = []
  function App() {
    const [count, set] = useState(0)
    return (
      <form
        action={async (data) => {
          seen.push(['form', data.get('word')])
          await waits.form.promise
          set(count + 1)
        }}
      >
        <input name="word" defaultValue="sana" />
        <button type="submit">{count}</button>
        <button type="submit" formAction={() => waits.button.promise} />
      </form>
    )
  }
  const screen = await renderLive(<App />)
  const marked = () =>
    [...screen.container.querySelectorAll('[data-live-pending]')].map(({ tagName }) => tagName)
  await click(screen, 'button')
  expect(marked()).toEqual(['FORM'])
  waits.form.resolve()
  await until(() => marked().length === 0 && text(screen) === '1')
  await click(screen, 'button:last-child')
  expect(marked()).toEqual(['BUTTON'])
  waits.button.resolve()
  await until(() => marked().length === 0)
  expect(seen).toEqual([['form', 'sana']])
  await screen.unmount()
})
