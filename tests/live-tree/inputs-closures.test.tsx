import '../support/dom.ts'
import { on } from 'liveroot'
import { type ReactNode, useState } from 'react'
import { enter, type } from '../support/user.ts'
import { openFarAway } from './far-away.tsx'

/** Closures over state that edits under way are about to change, as they are written for client React. */

test('a submit knows of the letters that were typed right before', async () => {
  const sent: string[] = []
  function Chat(): ReactNode {
    const [draft, setDraft] = useState('')
    return (
      <form
        onSubmit={() => {
          sent.push(draft)
          setDraft('')
        }}
      >
        <input value={draft} onChange={(event) => setDraft(event.target.value)} />
        <button type="submit" />
      </form>
    )
  }
  const page = await openFarAway(<Chat />)
  await type(page.find(), 'hello', 3)
  page.find<HTMLElement>('button').click()
  await page.answered()
  expect([sent, page.find().value]).toEqual([['hello'], ''])
  await page.close()
})

test('a key in a field knows of the letters before it', async () => {
  const seen: string[] = []
  function Log(): ReactNode {
    const [letters, setLetters] = useState<readonly string[]>([])
    seen.push(letters.join(''))
    const text = letters.join('')
    return <input value={text} onChange={(event) => setLetters([...letters, event.target.value.slice(-1)])} />
  }
  const page = await openFarAway(<Log />)
  await type(page.find(), 'typed')
  await page.answered()
  expect([page.find().value, seen.at(-1)]).toEqual(['typed', 'typed'])
  await page.close()
})

test('fields beside each other keep what was typed in the others', async () => {
  function Person(): ReactNode {
    const [person, setPerson] = useState({ first: '', last: '' })
    return (
      <>
        <input
          name="first"
          value={person.first}
          onChange={(event) => setPerson({ ...person, first: event.target.value })}
        />
        <input
          name="last"
          value={person.last}
          onChange={on((event) => setPerson({ ...person, last: event.target.value }), { debounceMs: 10 })}
        />
        <output>{`${person.first} ${person.last}`}</output>
      </>
    )
  }
  const page = await openFarAway(<Person />)
  await type(page.find('[name=last]'), 'Lovelace')
  await type(page.find('[name=first]'), 'Ada')
  await page.answered()
  expect(page.find('output').textContent).toBe('Ada Lovelace')
  expect([page.find('[name=first]').value, page.find('[name=last]').value]).toEqual(['Ada', 'Lovelace'])
  await page.close()
})

test('a click outside the form is for what is on the screen', async () => {
  const clicked: string[] = []
  function Search(): ReactNode {
    const [query, setQuery] = useState('')
    const found = ['one', 'two', 'three'].filter((each) => each.includes(query))
    return (
      <>
        <input value={query} onChange={(event) => setQuery(event.target.value)} />
        {found.map((each, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place alone must not choose the row.
          <button key={i} type="button" onClick={() => clicked.push(each)} />
        ))}
      </>
    )
  }
  const page = await openFarAway(<Search />)
  enter(page.find(), 'w')
  page.find<HTMLElement>('button').click()
  await page.answered()
  expect([clicked, page.container.querySelectorAll('button').length]).toEqual([['one'], 1])
  await page.close()
})

test('what is made of a field is not taken for an edit of another one that came to its place', async () => {
  const heard: string[] = []
  function Step(): ReactNode {
    const [name, setName] = useState('')
    const hear = (what: string) => () => void heard.push(what)
    return (
      <>
        <input id="name" value={name} onChange={(event) => setName(event.target.value)} />
        {name === '' ? (
          <input id="known" type="checkbox" checked={false} onChange={hear('known')} />
        ) : (
          <input id="mail" value="" onChange={hear('mail')} />
        )}
      </>
    )
  }
  const page = await openFarAway(<Step />)
  enter(page.find('#name'), 'A')
  page.find<HTMLElement>('#known').click()
  await page.answered()
  expect([heard, page.container.querySelector('#mail') === null]).toEqual([['known'], false])
  await page.close()
})
