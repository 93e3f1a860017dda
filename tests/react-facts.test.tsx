import './support/dom.ts'
import { memo, Suspense, use, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import { enter } from './support/user.ts'

// What plain React in the browser does, with nothing of Liveroot: the same-DOM test allows just that, and no more.

let container: HTMLElement
let root: Root
beforeEach(() => {
  container = document.body.appendChild(document.createElement('div'))
  root = createRoot(container)
})
afterEach(() => {
  root.unmount()
  container.remove()
})

type Kind = 'checkbox' | 'text'

function Field({ kind }: { kind: Kind }) {
  const [checked, check] = useState(false)
  const [text, type] = useState('')
  return kind === 'checkbox' ? (
    <input type="checkbox" checked={checked} onChange={(event) => check(event.target.checked)} />
  ) : (
    <input type="text" value={text} onChange={(event) => type(event.target.value)} />
  )
}

const show = (kind: Kind) => flushSync(() => root.render(<Field kind={kind} />))
const input = () => container.querySelector('input') as HTMLInputElement

test('a text field that took the place of a checkbox shows what it is rendered with, whatever was made of the checkbox', () => {
  show('checkbox')
  const before = input()
  before.click()
  expect(before.checked).toBe(true)
  show('text')
  expect(input()).toBe(before)
  expect(input().value).toBe('')
})

test('a checkbox that took the place of a text field keeps the value that was typed there', () => {
  show('text')
  const before = input()
  enter(before, 'a')
  show('checkbox')
  expect(input()).toBe(before)
  expect([input().value, input().getAttribute('value'), input().checked]).toEqual(['a', 'a', false])
})

test('a text field that took the place of a checkbox has a value attribute once something was typed', () => {
  const written = () => input().getAttribute('value')
  show('checkbox')
  show('text')
  expect([input().value, written()]).toEqual(['', null])
  enter(input(), 'a')
  input().select()
  enter(input(), '')
  expect([input().value, written()]).toEqual(['', ''])
})

test('it has none where the page ignores what is typed, and its default is the same', () => {
  flushSync(() => root.render(<input type="checkbox" checked={false} onChange={() => {}} />))
  const before = input()
  flushSync(() => root.render(<input type="text" value="" onChange={() => {}} />))
  expect(input()).toBe(before)
  enter(input(), 'a')
  expect([input().value, input().getAttribute('value'), input().defaultValue]).toEqual(['', null, ''])
  input().setAttribute('value', '')
  expect(input().defaultValue).toBe('')
})

test('a click on a checkbox that was a text field is not heard when React has set the one before back', () => {
  let heard = 0
  const still = <input type="checkbox" checked={false} onChange={() => heard++} />
  flushSync(() => root.render(<input type="text" value="" onChange={() => {}} />))
  const field = input()
  flushSync(() => root.render(still))
  expect(input()).toBe(field)
  field.click()
  field.click()
  expect(heard).toBe(1)
})

test('a component goes on, its field with it, where the state that lacks it came and went in one render', () => {
  const Show = ({ first }: { first: string }) => <input defaultValue={first} />
  const render = (first: string | null) => root.render(first === null ? 'nothing' : <Show first={first} />)
  flushSync(() => render('a'))
  const before = input()
  flushSync(() => {
    render(null)
    render('b')
  })
  expect(input()).toBe(before)
  expect([input().value, input().getAttribute('value')]).toEqual(['a', 'b'])
  flushSync(() => render(null))
  flushSync(() => render('c'))
  expect(input()).not.toBe(before)
  expect(input().value).toBe('c')
})

test('a field whose first default is empty shows the newest one, as long as nobody types in it', () => {
  const render = (value: string) => flushSync(() => root.render(<input defaultValue={value} />))
  render('')
  render('b')
  expect(input().value).toBe('b')
  render('c')
  expect(input().value).toBe('c')
  flushSync(() => root.render(null))
  render('a')
  render('b')
  expect(input().value).toBe('a')
})

test('a memoised component has nothing to be compared with, as long as what was mounted with it waits', () => {
  const never = new Promise<never>(() => {})
  const Wait = () => use(never)
  const render = (text: string, waits: boolean) =>
    flushSync(() =>
      root.render(
        <Suspense fallback="wait">
          <Show text={text} />
          {waits ? <Wait /> : null}
        </Suspense>,
      ),
    )
  const Show = memo(
    ({ text }: { text: string }) => <p>{text}</p>,
    () => true,
  )
  render('a', true)
  expect(container.textContent).toBe('wait')
  render('b', false)
  expect(container.textContent).toBe('b')
  render('c', false)
  expect(container.textContent).toBe('b')
})
