import '../../tests/support/dom.ts'
import { Activity, cloneElement, createRef, type ElementType, type ReactElement, StrictMode } from 'react'
import {
  answer,
  calls,
  find,
  Input,
  Select,
  save,
  settled,
  show,
  Textarea,
} from '../../tests/support/fields.tsx'
import { enter, fire } from '../../tests/support/user.ts'

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
