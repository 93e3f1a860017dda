import '../../tests/support/dom.ts'
import {
  Activity,
  cloneElement,
  createRef,
  type ElementType,
  type ReactElement,
  type ReactNode,
  StrictMode,
} from 'react'
import { flushSync } from 'react-dom'
import type { Root } from 'react-dom/client'
import { deferred, wait } from '../../tests/live-tree/support.ts'
import { choose, enter, fire } from '../../tests/support/user.ts'
import { loadReactDom } from '../testing/react-halves.ts'
import { noteCall } from './calls-of-event.ts'
import { moveOffset } from './caret.ts'
import { fieldFor } from './field.tsx'

const Input = fieldFor('input') as ElementType
const Select = fieldFor('select') as ElementType
const Textarea = fieldFor('textarea') as ElementType

let root: Root
let container: HTMLElement
let calls: { answer(): void; fail(): void }[] = []

/** A handler as the browser has it: its calls are answered by the test. */
function save(event: { nativeEvent: Event }): void {
  const { promise, resolve, reject } = deferred()
  calls.push({ answer: resolve, fail: () => reject(new Error('refused')) })
  noteCall(event.nativeEvent, promise)
}

beforeEach(async () => {
  const { createRoot } = await loadReactDom()
  calls = []
  container = document.body.appendChild(document.createElement('div'))
  root = createRoot(container)
})

afterEach(() => {
  root.unmount()
  container.remove()
})

function show(node: ReactNode): void {
  flushSync(() => root.render(node))
}

function find<T extends Element = HTMLInputElement>(selector = 'input'): T {
  return container.querySelector(selector) as T
}

/** Answers are heard of in promises, and transitions come some turns of the event loop later. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await wait(1)
}

async function answer(...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) calls[number]?.answer()
  await settled()
}

describe('a controlled field', () => {
  test('shows what was typed until the answer, and then the value of the server', async () => {
    show(<Input value="a" onChange={save} />)
    enter(find(), 'b')
    expect(find().value).toBe('ab')
    show(<Input value="from elsewhere" onChange={save} />)
    expect(find().value).toBe('ab')
    show(<Input value="AB" onChange={save} />)
    await answer(0)
    expect(find().value).toBe('AB')
  })

  test('waits for the answers to all edits, in whatever order they come', async () => {
    show(<Input value="" onChange={save} />)
    for (const key of 'abc') enter(find(), key)
    show(<Input value="A" onChange={save} />)
    await answer(2, 0)
    expect(find().value).toBe('abc')
    await answer(1)
    expect(find().value).toBe('A')
  })

  test('waits for a new edit made while the answer is on its way to the screen', async () => {
    show(<Input value="" onChange={save} />)
    enter(find(), 'a')
    calls[0]?.answer()
    // The promises are through; the transition is not.
    for (let i = 0; i < 10; i++) await undefined
    enter(find(), 'b')
    await settled()
    expect(find().value).toBe('ab')
    await answer(1)
    expect(find().value).toBe('')
  })

  test('shows the value of the server after a call that failed', async () => {
    show(<Input value="a" onChange={save} />)
    enter(find(), 'b')
    calls[0]?.fail()
    await settled()
    expect(find().value).toBe('a')
  })

  test.each([
    ['an ancestor', (field: ReactElement) => <form onChange={save}>{field}</form>],
    ['an ancestor, on the way down', (field: ReactElement) => <form onInputCapture={save}>{field}</form>],
    ['onInput', (field: ReactElement) => cloneElement(field, { onInput: save } as object)],
    [
      'its own capture handler',
      (field: ReactElement) => cloneElement(field, { onChangeCapture: save } as object),
    ],
  ])('takes a call by %s for an answer to come', async (_name, around) => {
    const rendered = around(<Input value="" readOnly />)
    show(rendered)
    enter(find(), 'a')
    expect([find().value, calls.length]).toEqual(['a', 1])
    await answer(0)
    expect(find().value).toBe('')
  })

  test('is set back at once when an edit starts no call, as by React', () => {
    show(<Input value="a" onChange={() => {}} />)
    enter(find(), 'b')
    expect(find().value).toBe('a')
  })

  test('is set back to the edit before when an edit starts no call', async () => {
    const short = (event: { nativeEvent: Event }) => find().value.length < 3 && save(event)
    show(<Input value="" onChange={short} />)
    for (const key of 'abc') enter(find(), key)
    expect(find().value).toBe('ab')
    await answer(0, 1)
    expect(find().value).toBe('')
  })

  test('follows the server while nothing is unanswered', async () => {
    show(<Input value="a" onChange={save} />)
    show(<Input value="b" onChange={save} />)
    expect(find().value).toBe('b')
    enter(find(), 'c')
    await answer(0)
    show(<Input value="d" onChange={save} />)
    expect(find().value).toBe('d')
  })
})

describe('an input method', () => {
  test('is not disturbed between the start and the end of a composition', async () => {
    show(<Input value="a" onChange={save} />)
    fire(find(), 'compositionstart')
    show(<Input value="from elsewhere" onChange={save} />)
    expect(find().value).toBe('a')
    enter(find(), 'に')
    await answer(0)
    expect(find().value).toBe('aに')
    enter(find(), 'ほ')
    fire(find(), 'compositionend')
    await settled()
    expect(find().value).toBe('aにほ')
    await answer(1)
    expect(find().value).toBe('from elsewhere')
  })

  test('that ends without a change gives way to the server', async () => {
    const events: string[] = []
    const note = (event: { type: string }) => events.push(event.type)
    const handlers = { onChange: save, onCompositionStartCapture: note, onCompositionEndCapture: note }
    show(<Input value="a" {...handlers} />)
    fire(find(), 'compositionstart')
    show(<Input value="b" {...handlers} />)
    expect(find().value).toBe('a')
    fire(find(), 'compositionend')
    await settled()
    expect([find().value, events]).toEqual(['b', ['compositionstart', 'compositionend']])
  })
})

describe('the caret', () => {
  test.each([
    ['keeps its place in a text of the same length', 'ab|cd', 'AB|CD'],
    ['stays before the text after it', '12|34', '12-|34'],
    ['stays at the end', '(12) 3|', '(12) 34-|'],
    ['stays inside a text that became short', 'abcd|ef', 'ABC|'],
    ['stays where the rest changed', 'a|bc', 'A|BCD'],
  ])('%s', (_name, before, after) => {
    const plain = (text: string) => text.replace('|', '')
    expect(moveOffset(before.indexOf('|'), plain(before), plain(after))).toBe(after.indexOf('|'))
  })

  test.each([
    ['input', Input],
    ['textarea', Textarea],
  ])('and the selection in a focused %s stay when the server rewrites the text', (tag, Field) => {
    show(<Field value="one two" onChange={save} />)
    const element = find<HTMLInputElement>(tag)
    element.focus()
    element.setSelectionRange(1, 3, 'backward')
    show(<Field value="ONE TWO" onChange={save} />)
    expect([element.value, element.selectionStart, element.selectionEnd]).toEqual(['ONE TWO', 1, 3])
    expect(element.selectionDirection).toBe('backward')
  })

  test('of a field without the focus is left alone, and the focus is not taken', () => {
    show(<Input value="one" onChange={save} />)
    find().setSelectionRange(1, 1)
    show(<Input value="ONE" onChange={save} />)
    expect(find().selectionStart).toBe(3)
    expect(document.activeElement).toBe(document.body)
  })

  test('of a field without one is not looked for', () => {
    show(<Input type="number" value="1" onChange={save} />)
    find().focus()
    show(<Input type="number" value="2" onChange={save} />)
    expect(find().value).toBe('2')
  })
})

describe('kinds of fields', () => {
  test('a checkbox', async () => {
    show(<Input type="checkbox" value="yes" checked={false} onChange={save} />)
    find().click()
    expect([find().checked, find().value]).toEqual([true, 'yes'])
    await answer(0)
    expect(find().checked).toBe(false)
  })

  test('a group of radio buttons changes as one', async () => {
    const group = (chosen: string) => (
      <form>
        {['a', 'b', 'c'].map((value) => (
          <Input key={value} type="radio" name="g" value={value} checked={value === chosen} onChange={save} />
        ))}
      </form>
    )
    const checked = () =>
      [...find<HTMLFormElement>('form').querySelectorAll('input')].map((each) => each.checked)
    show(group('a'))
    find('[value=b]').click()
    expect(checked()).toEqual([false, true, false])
    show(group('a'))
    expect(checked()).toEqual([false, true, false])
    find('[value=c]').click()
    await answer(0)
    expect(checked()).toEqual([false, false, true])
    show(group('b'))
    await answer(1)
    expect(checked()).toEqual([false, true, false])
  })

  test('radio buttons of the same name in another form are another group', () => {
    const page = (one: boolean) =>
      ['one', 'two'].map((id) => (
        <form key={id} id={id}>
          <Input type="radio" name="g" checked={id === 'one' && one} onChange={save} />
        </form>
      ))
    show(page(true))
    find('#two input').click()
    expect([find('#one input').checked, find('#two input').checked]).toEqual([true, true])
    show(page(false))
    expect([find('#one input').checked, find('#two input').checked]).toEqual([false, true])
  })

  test.each([
    [false, 'a', ['b'], ['a']],
    [true, ['a'], ['b', 'c'], ['a']],
    [true, ['a'], [], ['a']],
  ])('a select (multiple: %s)', async (multiple, value, chosen, after) => {
    const options = ['a', 'b', 'c'].map((each) => <option key={each}>{each}</option>)
    show(
      <Select multiple={multiple} value={value} onChange={save}>
        {options}
      </Select>,
    )
    const selected = () => Array.from(find<HTMLSelectElement>('select').selectedOptions, (each) => each.value)
    choose(find('select'), ...chosen)
    expect(selected()).toEqual(chosen)
    await answer(0)
    expect(selected()).toEqual(after)
  })

  test.each([
    ['number', '1', '12'],
    ['date', '2026-01-01', '2026-01-02'],
    ['range', '1', '2'],
    ['color', '#000000', '#00ff00'],
  ])('an input of type %s', async (type, value, edited) => {
    show(<Input type={type} value={value} onChange={save} />)
    find().select()
    const { set } = Object.getOwnPropertyDescriptor(
      Object.getPrototypeOf(find()),
      'value',
    ) as PropertyDescriptor
    set?.call(find(), edited)
    fire(find(), 'input')
    expect(find().value).toBe(edited)
    await answer(0)
    expect(find().value).toBe(value)
  })

  test('an uncontrolled field is never touched', async () => {
    show(<Input defaultValue="a" onChange={save} />)
    enter(find(), 'b')
    show(<Input defaultValue="other" onChange={save} />)
    await answer(0)
    expect(find().value).toBe('ab')
  })
})

describe('in React', () => {
  test('an element stays the same when it becomes uncontrolled and controlled again', async () => {
    const complaints = jest.spyOn(console, 'error').mockImplementation(() => {})
    show(<Input value="a" onChange={save} />)
    const element = find()
    enter(element, 'b')
    show(<Input onChange={save} />)
    expect(element.value).toBe('ab')
    show(<Input value="c" onChange={save} />)
    await answer(0)
    expect([find() === element, element.value]).toEqual([true, 'c'])
    // React's own warnings, each once.
    expect(complaints).toHaveBeenCalledTimes(2)
    complaints.mockRestore()
  })

  test('a field that moves in a list keeps its element and its edit', async () => {
    const complaints = jest.spyOn(console, 'error')
    const list = (...keys: string[]) => [
      ...keys.map((key) => <Input key={key} name={key} value="" onChange={save} />),
      <Input key="uncontrolled" />,
    ]
    show(list('a', 'b', 'c'))
    const element = find('[name=c]')
    enter(element, 'x')
    show(list('c', 'b', 'a'))
    expect([find() === element, element.value]).toEqual([true, 'x'])
    await answer(0)
    expect(element.value).toBe('')
    expect(complaints).not.toHaveBeenCalled()
    complaints.mockRestore()
  })

  test('an edit outlives the time in which the field is hidden', async () => {
    const page = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Input value="a" onChange={save} />
      </Activity>
    )
    show(page('visible'))
    enter(find(), 'b')
    show(page('hidden'))
    expect(find().value).toBe('ab')
    show(page('visible'))
    expect(find().value).toBe('ab')
    show(page('hidden'))
    await answer(0)
    show(page('visible'))
    await settled()
    expect(find().value).toBe('a')
  })

  test('a field may leave while a call is under way, also in StrictMode', async () => {
    const complaints = jest.spyOn(console, 'error')
    show(
      <StrictMode>
        <Input value="a" onChange={save} />
      </StrictMode>,
    )
    enter(find(), 'b')
    enter(find(), 'c')
    expect(find().value).toBe('abc')
    show(null)
    await answer(0, 1)
    expect(complaints).not.toHaveBeenCalled()
    complaints.mockRestore()
  })

  test('a ref that a client component adds gets the DOM element', () => {
    const field = <Input value="a" onChange={save} />
    const [one, two] = [createRef<Element>(), createRef<Element>()]
    show(cloneElement(field, { ref: one } as object))
    expect(one.current).toBe(find())
    show(cloneElement(field, { ref: two } as object))
    expect([one.current, two.current]).toEqual([null, find()])
    enter(find(), 'b')
    expect(find().value).toBe('ab')
    show(null)
    expect(two.current).toBeNull()
  })

  test.each<[string, ElementType, ElementType, object]>([
    ['a value that nothing listens to', 'input', Input, { value: 'a' }],
    ['a checkbox that nothing listens to', 'input', Input, { type: 'checkbox', checked: true }],
    ['a read-only value', 'input', Input, { value: 'a', readOnly: true }],
    ['a textarea with a value and children', 'textarea', Textarea, { children: 'text' }],
    ['one value for a select of several', 'select', Select, { multiple: true, value: 'a', onChange: save }],
  ])('React says of %s what it says of a plain element', (_name, Host, Field, props) => {
    const spy = jest.spyOn(console, 'error').mockImplementation(() => {})
    const said = (node: ReactElement) => {
      show(null)
      show(node)
      return spy.mock.calls.splice(0).map(([message]) => String(message))
    }
    expect(said(<Field {...props} />)).toEqual(said(<Host {...props} />))
    spy.mockRestore()
  })
})
