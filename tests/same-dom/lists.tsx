import { type ReactNode, useEffect, useState } from 'react'
import { editing } from './fields.tsx'
import type { Side, Update } from './side.ts'
import type { RowsSpec } from './spec.ts'

export interface Item {
  readonly id: number
  readonly n: number
}

type Items = readonly Item[]

/** What is done to a list, by its handlers and by others. */
export const listChanges: readonly ((items: Items, id: number) => Items)[] = [
  (items, id) => items.map((item) => (item.id === id ? { id, n: item.n + 1 } : item)),
  (items, id) => items.filter((item) => item.id !== id),
  (items, id) => [...items.filter((item) => item.id === id), ...items.filter((item) => item.id !== id)],
  (items, id) => [...items.filter((item) => item.id !== id), ...items.filter((item) => item.id === id)],
  (items) => [{ id: Math.max(0, ...items.map(({ id }) => id)) + 1, n: 0 }, ...items],
  (items) => [...items].reverse(),
]

interface ListProps {
  readonly spec: RowsSpec
  readonly side: Side
}

/** A list whose rows are changed, moved and removed by their own handlers. */
export function Rows({ spec, side }: ListProps): ReactNode {
  const name = `rows:${spec.name}`
  const [items, setItems] = useState<Items>(() =>
    Array.from({ length: spec.count }, (_, id) => ({ id, n: 0 })),
  )
  useEffect(() => side.register<Update<Items>>(name, setItems), [side, name])
  const { Row: ClientRow } = side.widgets
  return (
    <ul>
      {items.map((item) => {
        const { id, n } = item
        if (spec.row === 'component') return <Row key={id} item={item} spec={spec} side={side} />
        const handlers = handlersOf(name, item, side)
        if (spec.row === 'client') return <ClientRow key={id} {...handlers} id={id} n={n} />
        return <li key={id}>{inside(spec, item, side)}</li>
      })}
    </ul>
  )
}

/** The state of a row may be in a component of its own. */
function Row({ item, spec, side }: ListProps & { readonly item: Item }): ReactNode {
  return <li>{inside(spec, item, side)}</li>
}

/** What the handlers of a row do: those of a row of the browser come as its props. */
export function handlersOf(name: string, { id, n }: Item, side: Side) {
  const handler = (which: number) => ({
    mark: `${name} ${which} ${id} ${n}`,
    press: () => {
      side.hear(`${name} ${which} ${id} ${n}`)
      // The first sets what it knows of; the others are as others do it.
      if (which === 0)
        side.act<Items>(name, (items) => items.map((item) => (item.id === id ? { id, n: n + 1 } : item)))
      else side.act<Items>(name, (items) => listChanges[which]?.(items, id) ?? items)
    },
  })
  const [count, remove, top] = [handler(0), handler(1), handler(2)]
  return {
    countMark: count.mark,
    count: count.press,
    removeMark: remove.mark,
    remove: remove.press,
    topMark: top.mark,
    top: top.press,
  }
}

function inside({ name, fields }: RowsSpec, item: Item, side: Side): ReactNode {
  const all = handlersOf(`rows:${name}`, item, side)
  const field = `row:${name}:${item.id}`
  return [
    <button key="count" type="button" data-click={all.countMark} onClick={all.count}>
      {item.n}
    </button>,
    <b key="top" data-click={all.topMark} onClick={all.top}>
      <button type="button" data-click={all.removeMark} onClick={all.remove} />
    </b>,
    fields ? <RowField key="field" name={field} side={side} /> : null,
  ]
}

function RowField({ name, side }: { name: string; side: Side }): ReactNode {
  const [text, setText] = useState('')
  useEffect(() => side.register<Update<string>>(name, setText), [side, name])
  return <input data-edit={name} value={text} onChange={editing(side, name, 'keep')} />
}
