import type { Page } from '../support/page.tsx'
import { enter, fire } from '../support/user.ts'
import { type Ask, notes, probe } from './probe.tsx'

/** What a user or a client component does on the page. It may find nothing to do it to. */
export type Step = (page: Page) => unknown

export type StepName =
  | 'open'
  | 'click'
  | 'clickInside'
  | 'type'
  | 'check'
  | 'submit'
  | 'addRow'
  | 'turnRows'
  | 'echoPlain'
  | 'echoRich'
  | 'echoFunction'
  | 'echoForm'
  | 'echoSoon'
  | 'soon'
  | 'slowly'
  | 'smallFile'
  | 'emptyFile'
  | 'largeFile'
  | 'stream'
  | 'leaveStream'
  | 'find'
  | 'imported'
  | 'refused'
  | 'failing'
  | 'second'
  | 'unknown'
  | 'leave'

function click(selector: string): Step {
  return ({ container }) => container.querySelector<HTMLElement>(selector)?.click()
}

function ask(name: string, ...args: readonly unknown[]): Step {
  return () => given(name)?.(...args)
}

/** A hostile server may have given the page anything. */
function given(name: string): Ask | undefined {
  const value = probe.given[name]
  return typeof value === 'function' ? value : undefined
}

function file(bytes: number): Blob {
  return new File([new Uint8Array(bytes).fill(7)], `${bytes}.bin`, { type: 'text/plain', lastModified: 1 })
}

async function read(name: string, to: number, take: number): Promise<void> {
  const stream = (await given(name)?.(to)) as Partial<AsyncIterable<unknown>> | null | undefined
  if (typeof stream?.[Symbol.asyncIterator] !== 'function') return
  for await (const _ of stream as AsyncIterable<unknown>) if (--take <= 0) break
}

/** In the order in which they are recorded. */
export const steps = {
  open: (page) => page.show('/app/1'),
  click: click('.first'),
  clickInside: click('.inside'),
  type: ({ container }) => {
    const field = container.querySelector<HTMLInputElement>('input[name=text]')
    if (field !== null) enter(field as never, 'x')
  },
  check: click('input[type=checkbox]'),
  submit: ({ container }) => {
    const form = container.querySelector('form')
    if (form !== null) fire(form as never, 'submit')
  },
  addRow: click('.add'),
  turnRows: click('.turn'),
  echoPlain: ask('echo', 'text', 1.5, null, undefined, { a: [true, { b: 'c' }] }),
  echoRich: ask('echo', new Date(1), new Map([['k', new Set([1n])]]), new Uint8Array([1, 2, 3]), Number.NaN),
  echoFunction: () => given('echo')?.(probe.given.weigh),
  echoForm: () => {
    const form = new FormData()
    form.append('name', 'value')
    return given('echo')?.(form)
  },
  echoSoon: () => given('echo')?.(Promise.resolve('soon')),
  soon: ask('open'),
  slowly: ask('slowly'),
  smallFile: ask('weigh', file(100)),
  emptyFile: ask('weigh', file(0)),
  largeFile: ask('weigh', file(70_000)),
  stream: () => read('count', 12, 100),
  leaveStream: () => read('count', 50, 2),
  find: () => probe.find('b'),
  imported: () => notes.add('note'),
  refused: () => notes.refuse(),
  failing: ask('fail'),
  second: (page) => page.show('/app/1', '/app/2'),
  unknown: (page) => page.show('/app/1', '/nothing'),
  leave: (page) => page.show('/app/1'),
} satisfies Record<string, Step> as Readonly<Record<StepName, Step>>
