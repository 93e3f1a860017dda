import { clientComponent, renderLive } from 'liveroot/testing'
import { type ReactNode, useActionState, useOptimistic, useState, useTransition } from 'react'
import { useFormStatus } from 'react-dom'
import { testWindow } from '../support/dom.ts'
import { openFarAway } from './far-away.tsx'
import { deferred, quietConsole, text, until } from './support.ts'

quietConsole()

/** Every text that an element shows, one after another. */
function watchText(element: Element): string[] {
  const texts = [element.textContent ?? '']
  const observer = new testWindow.MutationObserver(() => {
    const now = element.textContent ?? ''
    if (texts.at(-1) !== now) texts.push(now)
  })
  observer.observe(element as never, { childList: true, characterData: true, subtree: true })
  return texts
}

function submit(container: Element, selector = 'button'): void {
  const button = container.querySelector<HTMLButtonElement>(selector)
  button?.form?.requestSubmit(button)
}

test('what a client component shows of its own accord stays until the truth is there, and never flickers', async () => {
  const List = clientComponent(
    'OptimisticList',
    ({ items, add }: { items: readonly string[]; add(item: string): Promise<void> }) => {
      const [shown, guess] = useOptimistic(items, (all, item: string) => [...all, item])
      const [, start] = useTransition()
      const onClick = (item: string) =>
        start(async () => {
          guess(item)
          await add(item)
        })
      return (
        <p>
          {shown.join(' ')}
          <button id="a" type="button" onClick={() => onClick('a')} />
          <button id="b" type="button" onClick={() => onClick('b')} />
        </p>
      )
    },
  )
  function Page() {
    const [items, setItems] = useState<readonly string[]>(['0'])
    const [ticks, setTicks] = useState(0)
    const add = async (item: string) => {
      setItems((all) => [...all, item])
      // More frames than the one with the effect.
      setTicks((n) => n + 1)
    }
    return <List items={items} add={add} key={ticks < 0 ? 'never' : 'list'} />
  }
  const page = await openFarAway(<Page />)
  const texts = watchText(page.container)
  page.find<HTMLElement>('#a').click()
  await until(() => texts.length > 1)
  page.find<HTMLElement>('#b').click()
  await page.answered()
  expect(texts).toEqual(['0', '0 a', '0 a b'])
  await page.close()
})

test('the action of a form: pending until its effects are on screen, then the fields are reset', async () => {
  const Status = clientComponent('FormStatus', () => {
    const { pending, data } = useFormStatus()
    return <i>{pending ? `sending ${data.get('word')}` : 'idle'}</i>
  })
  const stored = deferred()
  function Page() {
    const [words, setWords] = useState<readonly string[]>([])
    const action = async (form: FormData) => {
      await stored.promise
      setWords((all) => [...all, ...form.getAll('word').map(String)])
    }
    return (
      <form action={action}>
        <input name="word" defaultValue="" />
        <input type="hidden" name="word" value="twice" />
        <Status />
        <b>{words.join(' ')}</b>
        <button type="submit">send</button>
      </form>
    )
  }
  const page = await openFarAway(<Page />)
  const texts = watchText(page.find('form'))
  page.find().value = 'hi'
  submit(page.container)
  await until(() => texts.length > 1)
  expect([texts.at(-1), page.find().value]).toEqual(['sending hisend', 'hi'])
  stored.resolve()
  await until(() => texts.at(-1)?.startsWith('idle') === true && texts.length > 2)
  expect(texts.at(-1)).toBe('idlehi twicesend')
  await until(() => page.find().value === '')
  await page.close()
})

test('a client component’s useActionState runs a function of the server, one call after another', async () => {
  const Form = clientComponent(
    'ActionStateForm',
    ({ save }: { save(before: string, form: FormData): Promise<string> }) => {
      const [state, action, pending] = useActionState(save, 'new')
      return (
        <form action={action}>
          <input name="word" defaultValue="x" />
          <i>{pending ? '…' : state}</i>
          <button type="submit" />
        </form>
      )
    },
  )
  const page = await openFarAway(<Form save={async (before, form) => `${before} ${form.get('word')}`} />)
  submit(page.container)
  submit(page.container)
  await until(() => text(page as never) === 'new x x')
  await page.close()
})

test('the formAction of a button runs in place of the form’s action; a button without one adds its name, as in React', async () => {
  const heard: string[] = []
  const note = (name: string) => (form: FormData) => void heard.push(`${name} ${form.get('with') ?? 'none'}`)
  const screen = await renderLive(
    <form action={note('form')}>
      <button type="submit" id="plain" name="with" value="plain" />
      <button type="submit" id="own" name="with" value="button" formAction={note('button')} />
    </form>,
  )
  submit(screen.container, '#plain')
  await screen.settled()
  submit(screen.container, '#own')
  await screen.settled()
  expect(heard).toEqual(['form plain', 'button none'])
  await screen.unmount()
})

test('what a live component binds to a function stays on the server', async () => {
  let ask: (...args: unknown[]) => Promise<unknown> = async () => {}
  const Probe = clientComponent('BoundProbe', ({ use }: { use: typeof ask }): ReactNode => {
    ask = use
    return null
  })
  const use = async (secret: string, given: string) => `${secret.length} ${given}`
  const screen = await renderLive(<Probe use={use.bind(null, 'top secret') as typeof ask} />)
  expect(await ask('given')).toBe('10 given')
  const wire = screen.traffic.map(({ data }) => Buffer.from(data as string).toString()).join('\n')
  expect(wire).toContain('given')
  expect(wire).not.toContain('top secret')
  await screen.unmount()
})
