import '../support/dom.ts'
import { checked, type LiverootError, UserError } from 'liveroot'
import { clientComponent, renderLive, serverFunctions } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import * as v from 'valibot'
import { z } from 'zod'
import { click, quietConsole, text, until } from './support.ts'

quietConsole()

type Ask = (...args: unknown[]) => Promise<unknown>

/** Hands the functions it is given to the test. */
let given: Record<string, Ask> = {}
const Probe = clientComponent('ServerFunctionsProbe', (props: Record<string, unknown>): ReactNode => {
  given = props as Record<string, Ask>
  return null
})

function fn(name: string): Ask {
  return given[name] as Ask
}

describe('a function of the server as an argument', () => {
  test('comes back as itself, with the arguments that were bound to it', async () => {
    const heard: unknown[][] = []
    const screen = await renderLive(
      <Probe
        note={(...args: unknown[]) => void heard.push(args)}
        callAll={(functions: { list: Map<string, (arg: string) => unknown> }) =>
          [...functions.list.values()].map((each) => each('called'))
        }
      />,
    )
    const bound = fn('note').bind(null, 'first').bind(null, { second: 2 })
    await fn('callAll')({
      list: new Map([
        ['plain', fn('note')],
        ['bound', bound],
      ]),
    })
    await bound('directly')
    expect(heard).toEqual([
      ['called'],
      ['first', { second: 2 }, 'called'],
      ['first', { second: 2 }, 'directly'],
    ])
    await screen.unmount()
  })

  test('does not show its source when it is turned into text', async () => {
    const screen = await renderLive(
      <Probe secret={() => 'password'} echo={(value: unknown) => `you said ${value}`} />,
    )
    expect(await fn('echo')(fn('secret'))).not.toContain('password')
    await screen.unmount()
  })

  test('one of the browser’s own is refused before it is sent', async () => {
    const screen = await renderLive(<Probe echo={() => {}} />)
    const before = screen.traffic.length
    await expect(fn('echo')(() => {})).rejects.toThrow(/[Ff]unctions/)
    expect(screen.traffic.length).toBe(before)
    await screen.unmount()
  })
})

describe('a function that a client component imports', () => {
  const calls: string[] = []
  const stubs = serverFunctions('lib/notes.ts', {
    async add(note: string): Promise<string> {
      calls.push(note)
      return `${note} added`
    },
    hidden: () => calls.push('hidden'),
  })
  const Importer = clientComponent('Importer', () => <i>importer</i>, [stubs.add])

  function Page(): ReactNode {
    const [shown, show] = useState(true)
    return (
      <>
        {shown ? <Importer /> : 'gone'}
        <button type="button" onClick={() => show(!shown)}>
          toggle
        </button>
      </>
    )
  }

  test('can be called while the component is on the screen, and only then', async () => {
    const screen = await renderLive(<Page />)
    expect(text(screen)).toContain('importer')
    expect(await stubs.add('milk')).toBe('milk added')
    await expect(Promise.resolve(stubs.hidden())).rejects.toMatchObject({ code: 'unknown_function' })
    const from = screen.traffic.length
    await click(screen)
    // The server knows that it is gone when the browser has said so.
    await until(() => screen.traffic.slice(from).some(({ up, data }) => up && String(data).startsWith('a')))
    await screen.settled()
    await expect(stubs.add('eggs')).rejects.toMatchObject({ code: 'unknown_function' })
    await click(screen)
    expect(await stubs.add('tea')).toBe('tea added')
    expect(calls).toEqual(['milk', 'tea'])
    expect(screen.server.refused.unknown_function).toBe(2)
    await screen.unmount()
  })

  test('can be passed to another function of the server', async () => {
    const screen = await renderLive(
      <>
        <Importer />
        <Probe use={(add: (note: string) => Promise<string>) => add('passed')} />
      </>,
    )
    expect(await fn('use')(stubs.add)).toBe('passed added')
    await screen.unmount()
  })
})

describe('errors', () => {
  test('one that is meant for the user arrives with its message and details, and is not logged', async () => {
    const logged: unknown[] = []
    const screen = await renderLive(
      <Probe
        fail={() => {
          throw new UserError('This name is taken.', { field: 'name' })
        }}
      />,
      { onError: (error) => void logged.push(error) },
    )
    const error = (await fn('fail')().catch((reason: unknown) => reason)) as UserError
    expect(error).toBeInstanceOf(UserError)
    expect([error.code, error.message, error.details]).toEqual([
      'user_error',
      'This name is taken.',
      { field: 'name' },
    ])
    expect(logged).toEqual([])
    await screen.unmount()
  })
})

describe.each([
  ['Zod', z.object({ title: z.string().min(3), done: z.boolean().default(false) }), z.coerce.number()],
  [
    'Valibot',
    v.object({ title: v.pipe(v.string(), v.minLength(3)), done: v.optional(v.boolean(), false) }),
    v.pipe(v.unknown(), v.transform(Number), v.number()),
  ],
] as const)('arguments checked by %s', (_, schema, count) => {
  test('reach the function as the schema makes them, or not at all', async () => {
    const seen: unknown[] = []
    const save = checked([schema, count], (todo, n) => {
      seen.push([todo, n])
      return todo.title
    })
    const screen = await renderLive(<Probe save={save} />)
    expect(await fn('save')({ title: 'milk', extra: 1 }, '2', 'dropped')).toBe('milk')
    expect(seen).toEqual([[{ title: 'milk', done: false }, 2]])
    const error = await fn('save')({ title: 'x' }, 1).catch((reason: LiverootError) => reason)
    expect(error).toMatchObject({
      code: 'invalid_arguments',
      details: [{ path: [0, 'title'], message: expect.any(String) }],
    })
    await expect(fn('save')()).rejects.toMatchObject({ code: 'invalid_arguments' })
    expect(seen).toHaveLength(1)
    await screen.unmount()
  })
})
