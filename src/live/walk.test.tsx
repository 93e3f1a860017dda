import { createElement, Fragment, type ReactNode, Suspense } from 'react'
import { Handler, Hole, TemplateElement, type TemplateNode } from './template.ts'
import { maxDepth, Walk } from './walk.ts'

const Child = () => null
const Other = () => null

function walk(value: unknown, previous?: TemplateNode) {
  const made = new Walk('Test')
  const node = made.node(value, previous)
  return { node, holes: made.holes.map(({ key }) => key), handlers: [...(made.handlers?.keys() ?? [])] }
}

const holesOf = (value: ReactNode) => walk(value).holes

test('a component becomes a hole, a host element stays, a function becomes a handler', () => {
  const onClick = () => {}
  const { node, holes, handlers } = walk(
    <p title="t" onClick={onClick}>
      text
      <Child key="k" />
    </p>,
  )
  expect(node).toBeInstanceOf(TemplateElement)
  const { type, props } = node as TemplateElement
  expect(type).toBe('p')
  expect(props).toEqual({
    title: 't',
    onClick: new Handler(handlers[0] as string),
    children: ['text', new Hole(holes[0] as string, 'k')],
  })
})

test('a hole’s path tells apart what React tells apart', () => {
  const paths = [
    <Child key="0" />,
    <p key="1">{<Child />}</p>,
    <div key="2">{<Child />}</div>,
    <p key="3" title={(<Child />) as never} />,
    <Fragment key="4">
      <Child />
    </Fragment>,
    [<Child key="deep" />],
    <Suspense key="5">
      <Child />
    </Suspense>,
  ]
  const holes = holesOf(paths)
  expect(new Set(holes).size).toBe(holes.length)
})

test('a component below an element that changes its type or key is another one', () => {
  const [first] = holesOf(<p>{<Child />}</p>)
  for (const other of [<div key="p">{<Child />}</div>, <p key="k">{<Child />}</p>, <Child key="c" />]) {
    expect(holesOf(other)[0]).not.toBe(first)
  }
  expect(holesOf([<div key="0">{<Child />}</div>])).not.toEqual(holesOf([<p key="0">{<Child />}</p>]))
})

test('a hole’s path is the same where React keeps the instance', () => {
  const pair = (before: ReactNode, after: ReactNode) => [before, after] as const
  const pairs = [
    pair(<Child key="a" />, <Other key="a" />),
    pair(<p>{<Child />}</p>, <p title="x">{<Child />}</p>),
    pair(<Child key="1" />, createElement(Fragment, null, <Child key="1" />)),
    pair([null, <Child key="c" />], [false, <Child key="c" />]),
    pair([<Child key="x" />, <p key="y" />], [<p key="y" />, <Child key="x" />]),
  ]
  for (const [before, after] of pairs) expect(holesOf(before)).toEqual(holesOf(after))
})

test('keys that look like paths collide with nothing', () => {
  const keys = ['0', '0p.0', ':0', 'a.b', 'a,b', '<1>', '@x', '\\', '\n', '', '[', 'a~1']
  const holes = holesOf(
    keys.flatMap((key) => [<Child key={key} />, <p key={`p${key}`}>{<Child key={key} />}</p>]),
  )
  expect(new Set(holes).size).toBe(keys.length * 2)
})

test('what is equal to the walk before is the very same node', () => {
  const view = (n: number) => (
    <main>
      <p style={{ color: 'red', list: [1, { two: 2 }] } as object} onClick={() => n}>
        same <Child />
      </p>
      <b>{n}</b>
      {[1, 2].map((each) => (
        <li key={each}>{each}</li>
      ))}
    </main>
  )
  const first = walk(view(1)).node as TemplateElement
  expect(walk(view(1), first).node).toBe(first)
  const second = walk(view(2), first).node as TemplateElement
  expect(second).not.toBe(first)
  const children = (element: TemplateElement) => element.props.children as TemplateNode[]
  expect(children(second)[0]).toBe(children(first)[0])
  expect(children(second)[1]).not.toBe(children(first)[1])
  expect(children(second)[2]).toBe(children(first)[2])
})

test('moved items of a list are the same nodes', () => {
  const list = (keys: string[]) => keys.map((key) => <li key={key}>{key}</li>)
  const before = walk(list(['a', 'b', 'c'])).node as TemplateNode[]
  const after = walk(list(['c', 'a', 'b']), before).node as TemplateNode[]
  expect(after[0]).toBe(before[2])
  expect(after[1]).toBe(before[0])
})

test('data that was changed in place is a new node', () => {
  const data = { list: [1] }
  const Client = Object.assign((_: { data: object }) => null, {
    $$typeof: Symbol.for('react.client.reference'),
    $$id: 'c#default',
  })
  const before = walk(<Client data={data} />).node as TemplateElement
  data.list.push(2)
  const after = walk(<Client data={data} />, before).node as TemplateElement
  expect(before.props).toEqual({ data: { list: [1] } })
  expect(after.props).toEqual({ data: { list: [1, 2] } })
})

test('output may be nested to the limit and not beyond it', () => {
  const nest = (depth: number): ReactNode => (depth === 0 ? 'end' : <i>{nest(depth - 1)}</i>)
  expect(() => walk(nest(maxDepth))).not.toThrow()
  expect(() => walk(nest(maxDepth + 1))).toThrow(expect.objectContaining({ code: 'too_deep' }))
})
