import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import { createElement, createRef, type ReactElement, type ReactNode } from 'react'
import { quietConsole, text } from './support.ts'

quietConsole()

const Client = clientComponent('RefusalsClient', (_: Record<string, unknown>): ReactNode => null)

class Money {}

const cyclic: Record<string, unknown> = {}
cyclic.self = { back: cyclic }

const endless: unknown[] = []
endless.push(endless)

const nullPrototype = Object.assign(Object.create(null), { a: 1 })

const cases: readonly [name: string, code: string, says: readonly string[], element: () => ReactElement][] = [
  ['a ref on a host element', 'ref_on_host', ['Guilty', 'ref', 'div'], () => <div ref={createRef()} />],
  ['a ref on a client component', 'ref_on_host', ['Guilty', 'ref'], () => <Client ref={createRef()} />],
  [
    'a function inside data',
    'function_in_data',
    ['Guilty', 'options'],
    () => <Client options={{ deep: [() => 1] }} />,
  ],
  [
    'a function in a Map',
    'function_in_data',
    ['Guilty', 'map'],
    () => <Client map={new Map([['f', () => 1]])} />,
  ],
  [
    'a function as a host prop',
    'function_in_data',
    ['Guilty', 'title'],
    () => <div title={(() => 'x') as never} />,
  ],
  [
    'a function in style',
    'function_in_data',
    ['Guilty', 'style'],
    () => <div style={{ color: (() => 1) as never }} />,
  ],
  ['a class instance', 'class_instance', ['Guilty', 'Money', 'price'], () => <Client price={new Money()} />],
  [
    'a class instance inside data',
    'class_instance',
    ['Money', 'all'],
    () => <Client all={[{ one: new Money() }]} />,
  ],
  [
    'an object without a prototype',
    'class_instance',
    ['Guilty', 'bare'],
    () => <Client bare={nullPrototype} />,
  ],
  ['a function as children', 'function_in_data', ['Guilty', 'children'], () => <Client>{() => 'x'}</Client>],
  ['an object as a child', 'not_a_child', ['Guilty', 'amount'], () => <p>{{ amount: 1 } as never}</p>],
  ['data that refers to itself', 'too_deep', ['Guilty'], () => <Client data={cyclic} />],
  ['an array that holds itself', 'too_deep', ['Guilty'], () => <Client data={endless} />],
  ['children that hold themselves', 'too_deep', ['Guilty'], () => <p>{endless as ReactNode}</p>],
  ['an element without a type', 'unsupported_type', ['Guilty'], () => createElement(undefined as never)],
  ['an element of an object', 'unsupported_type', ['Guilty'], () => createElement({ no: 'type' } as never)],
]

test.each(cases)('%s: %s, naming component and prop', async (_, code, says, element) => {
  const Guilty = () => element()
  const errors: { code?: string; message: string }[] = []
  const screen = await renderLive(<Guilty />, { onError: (error) => void errors.push(error as Error) })
  expect(text(screen)).toBe('error: root_failed')
  expect(errors).toHaveLength(1)
  expect(errors[0]?.code).toBe(code)
  for (const word of says) expect(errors[0]?.message).toContain(word)
  await screen.unmount()
})
