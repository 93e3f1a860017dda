import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import { type ChangeEvent, type ReactElement, type ReactNode, use, useState } from 'react'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { choose, enter, type } from '../support/user.ts'
import { type FarPage, openFarAway } from './far-away.tsx'
import { deferred, text, until, wait } from './support.ts'

type Change = ChangeEvent<HTMLInputElement & HTMLSelectElement>

function Form({ log }: { log: (name: string, value: string) => void }): ReactNode {
  const [state, setState] = useState<Record<string, string>>({ radio: 'a', select: 'b' })
  const [several, setSeveral] = useState<readonly string[]>(['a'])
  const [on, setOn] = useState(true)
  const field = (name: string, rewrite = (value: string) => value) => ({
    name,
    value: state[name] ?? '',
    onChange: ({ target }: { target: { value: string } }) => {
      log(name, target.value)
      setState((all) => ({ ...all, [name]: rewrite(target.value) }))
    },
  })
  const options = ['a', 'b', 'c'].map((each) => <option key={each}>{each}</option>)
  return (
    <form>
      <input {...field('plain')} />
      <input {...field('upper', (value) => value.toUpperCase())} />
      <input {...field('short', (value) => value.slice(0, 3))} />
      <input {...field('number')} type="number" />
      <textarea {...field('area')} />
      <input type="checkbox" checked={on} onChange={(event) => setOn(event.target.checked)} />
      {['a', 'b', 'c'].map((value) => (
        <input {...field('radio')} key={value} type="radio" value={value} checked={state.radio === value} />
      ))}
      <select {...field('select')}>{options}</select>
      <select
        multiple
        value={several}
        onChange={(event: Change) =>
          setSeveral(Array.from(event.target.selectedOptions, (each) => each.value))
        }
      >
        {options}
      </select>
      <input name="free" defaultValue="free" />
      <output>{JSON.stringify([state, several, on])}</output>
    </form>
  )
}

/** What a user does on a page. */
async function fillIn(find: FarPage['find'], pauseMs: number): Promise<void> {
  for (const name of ['plain', 'upper', 'short', 'number', 'free']) {
    await type(find(`[name=${name}]`), name === 'number' ? '1234' : 'live tree', pauseMs)
  }
  const area = find<HTMLTextAreaElement>('textarea')
  await type(area, 'ac', pauseMs)
  area.setSelectionRange(1, 1)
  await type(area, 'b\n', pauseMs)
  find('[type=checkbox]').click()
  for (const value of ['b', 'c']) find(`[type=radio][value=${value}]`).click()
  for (const value of ['c', 'a']) choose(find('[name=select]'), value)
  choose(find('[multiple]'), 'b', 'c')
}

/** The page with what is in its fields, which HTML does not say. */
function state(container: HTMLElement): unknown[] {
  const fields = [...container.querySelectorAll<HTMLInputElement>('input, textarea, select')]
  const chosen = [...container.querySelectorAll('option')].map((option) => option.selected)
  return [container.innerHTML, fields.map(({ value, checked }) => [value, checked]), chosen]
}

/** The same components without a server. */
async function showInReact(element: ReactElement) {
  const { createRoot } = await loadReactDom()
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  root.render(element)
  await until(() => container.innerHTML !== '')
  const close = () => {
    root.unmount()
    container.remove()
  }
  return { container, close }
}

test('fields end as in client React, and no letter is lost on the way', async () => {
  const received: Record<string, string[]> = {}
  const log = (name: string, value: string) => {
    received[name] = [...(received[name] ?? []), value]
  }
  const page = await openFarAway(<Form log={log} />)
  await fillIn(page.find, 3)
  expect(page.find('[name=short]').value).not.toBe('')
  await page.answered()

  const local = await showInReact(<Form log={() => {}} />)
  await fillIn((selector = 'input') => local.container.querySelector(selector) as never, 0)
  expect(state(page.container)).toEqual(state(local.container))
  for (const [name, typed] of [
    ['plain', 'live tree'],
    ['upper', 'live tree'],
    ['number', '1234'],
  ] as const) {
    expect(received[name]).toEqual(Array.from(typed, (_, i) => typed.slice(0, i + 1)))
  }
  local.close()
  await page.close()
})

function SignUp(): ReactNode {
  const [name, setName] = useState('')
  const [on, setOn] = useState(false)
  const [kind, setKind] = useState('b')
  const [done, setDone] = useState(0)
  return (
    <form
      action={async () => {
        setName('')
        setDone((n) => n + 1)
      }}
    >
      <input name="name" value={name} onChange={(event) => setName(event.target.value)} />
      <input name="free" />
      <input type="checkbox" checked={on} onChange={(event) => setOn(event.target.checked)} />
      <select value={kind} onChange={(event) => setKind(event.target.value)}>
        <option>a</option>
        <option>b</option>
      </select>
      <output>{done}</output>
    </form>
  )
}

test('a form that React resets after its action ends as in client React', async () => {
  const fillInAndSubmit = async (find: FarPage['find']) => {
    await type(find('[name=name]'), 'Ada')
    await type(find('[name=free]'), 'text')
    find('[type=checkbox]').click()
    choose(find('select'), 'a')
    find<HTMLFormElement>('form').requestSubmit()
    await until(() => find('output').textContent === '1' && find('[name=free]').value === '')
  }
  const page = await openFarAway(<SignUp />)
  await fillInAndSubmit(page.find)
  await page.answered()
  const local = await showInReact(<SignUp />)
  await fillInAndSubmit((selector = 'input') => local.container.querySelector(selector) as never)
  expect(state(page.container)).toEqual(state(local.container))
  local.close()
  await page.close()
})

test('a box that the server clears after submit is empty, and keeps what was typed since', async () => {
  function Chat() {
    const [draft, setDraft] = useState('')
    return (
      <form onSubmit={() => setDraft('')}>
        <input name="draft" value={draft} onChange={(event) => setDraft(event.target.value)} />
      </form>
    )
  }
  const page = await openFarAway(<Chat />)
  await type(page.find(), 'hello', 3)
  page.find<HTMLFormElement>('form').requestSubmit()
  expect(page.find().value).toBe('hello')
  await page.answered()
  expect(page.find().value).toBe('')
  await type(page.find(), 'you', 3)
  await page.answered()
  expect(page.find().value).toBe('you')
  await page.close()
})

test("another user's change of a field waits for the answer to what is being typed", async () => {
  let change: (text: string) => void = () => {}
  function Shared() {
    const [text, setText] = useState('')
    change = setText
    return (
      <label>
        <input value={text} onChange={(event) => setText(event.target.value)} />
        <b>{text}</b>
      </label>
    )
  }
  const page = await openFarAway(<Shared />)
  await type(page.find(), 'mine')
  change('theirs')
  const shown: string[] = []
  await until(() => {
    shown.push(page.find().value)
    return page.calls.answered === page.calls.sent
  })
  expect(new Set(shown)).toEqual(new Set(['mine']))
  await page.answered()
  expect([page.find().value, page.find('b').textContent]).toEqual(['mine', 'mine'])
  change('theirs')
  await until(() => page.find().value === 'theirs')
  await page.close()
})

test('edits of the server reach a field by its props, and its element stays', async () => {
  function Checked() {
    const [text, setText] = useState('')
    return (
      <input
        className={text.length > 2 ? 'long' : 'short'}
        aria-invalid={text.length > 2 ? undefined : true}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    )
  }
  const screen = await renderLive(<Checked />)
  const input = screen.container.querySelector('input') as HTMLInputElement
  for (const key of 'abc') {
    enter(input, key)
    await screen.settled()
  }
  expect(screen.container.innerHTML).toBe('<input class="long" value="abc">')
  expect(screen.container.firstChild).toBe(input)
  await screen.unmount()
})

const Frame = clientComponent(
  'InputsFrame',
  ({ field, children }: { field: ReactNode; children: ReactNode }) => (
    <section>
      {field}
      {children}
    </section>
  ),
)

test('fields in rows, and in props of client components, keep edits of their own', async () => {
  function Row({ name }: { name: string }) {
    const [text, setText] = useState('')
    const field = (
      <input name={name} value={text} onChange={(event) => setText(event.target.value.toUpperCase())} />
    )
    return (
      <Frame field={field}>
        <i>{text}</i>
      </Frame>
    )
  }
  function Rows() {
    const [names, setNames] = useState(['a', 'b'])
    return (
      <>
        {names.map((name) => (
          <Row key={name} name={name} />
        ))}
        <button type="button" onClick={() => setNames(['c', 'b', 'a'])} />
      </>
    )
  }
  const screen = await renderLive(<Rows />)
  const find = (selector: string) => screen.container.querySelector(selector) as HTMLInputElement
  const field = find('[name=b]')
  find('button').click()
  enter(field, 'x')
  expect(field.value).toBe('x')
  await screen.settled()
  enter(find('[name=c]'), 'y')
  await screen.settled()
  const values = [...screen.container.querySelectorAll('input')].map(({ name, value }) => `${name} ${value}`)
  expect([values, text(screen), find('[name=b]') === field]).toEqual([['c Y', 'b X', 'a '], 'YX', true])
  await screen.unmount()
})

test('a field keeps what was typed while what the edit asks for is waited for', async () => {
  const asked = new Map([['', Promise.resolve('everything')]])
  const { promise, resolve } = deferred<string>()
  asked.set('a', promise)
  let waits = false
  const Found = ({ query }: { query: string }) => {
    waits ||= query !== ''
    return <output>{use(asked.get(query) as Promise<string>)}</output>
  }
  function Search(): ReactNode {
    const [query, setQuery] = useState('')
    return (
      <>
        <input value={query} onChange={(event) => setQuery(event.target.value)} />
        <Found query={query} />
      </>
    )
  }
  const page = await openFarAway(<Search />)
  await until(() => page.container.textContent === 'everything')
  enter(page.find(), 'a')
  const shown = new Set<string>()
  const look = setInterval(() => shown.add(page.find().value), 1)
  await until(() => waits)
  // Long enough for an answer to come too early.
  await wait(200)
  expect(page.container.textContent).toBe('everything')
  resolve('apples')
  await page.answered()
  clearInterval(look)
  expect([[...shown], page.container.textContent]).toEqual([['a'], 'apples'])
  await page.close()
})
