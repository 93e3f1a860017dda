import { createElement, Fragment, type ReactElement, useEffect, useState } from 'react'
import { HoleGroups } from './hole-groups.ts'
import { LiveTree } from './tree.ts'

let set: (order: readonly number[]) => void = () => {}
const log: string[] = []

function Item({ n }: { n: number }) {
  useEffect(() => {
    log.push(`+${n}`)
    return () => void log.push(`-${n}`)
  }, [n])
  return createElement('li', null, n)
}

function List() {
  const [order, setOrder] = useState<readonly number[]>(range(100))
  set = setOrder
  return createElement(
    'ul',
    null,
    order.map((n) => createElement(Item, { key: n, n })),
  )
}

const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i)
const rendered = () => new Promise((resolve) => setImmediate(resolve))

function mount(): LiveTree {
  const tree = new LiveTree({ isWaiting: false, flush() {}, failed: fail, caught: fail }, 'test')
  tree.mount(createElement(List))
  return tree
}

function fail(error: unknown): never {
  throw error
}

afterEach(() => {
  log.length = 0
})

test('many components are mounted in order, and stay the same ones wherever they go', async () => {
  const tree = mount()
  expect(log.splice(0)).toEqual(range(100).map((n) => `+${n}`))
  set(range(100).reverse())
  await rendered()
  set([...range(50, 50), ...range(50)])
  await rendered()
  expect(log.splice(0)).toEqual([])
  tree.unmount()
})

test('a list that grows and shrinks mounts what is new and unmounts what is gone, and nothing else', async () => {
  const tree = mount()
  let current = range(100)
  log.length = 0
  for (const next of [
    range(3),
    range(40),
    [...range(200, 1000), ...range(40)],
    range(10, 1005),
    range(300),
  ]) {
    set(next)
    await rendered()
    const gone = current.filter((n) => !next.includes(n)).map((n) => `-${n}`)
    const added = next.filter((n) => !current.includes(n)).map((n) => `+${n}`)
    expect(log.splice(0).sort()).toEqual([...gone, ...added].sort())
    current = next
  }
  tree.unmount()
})

test('nothing has many children, and no component moves to another group as more come', () => {
  const groups = new HoleGroups([])
  const holes = (count: number) => range(count).map((n) => createElement(Item, { key: `h${n}`, n }))
  const few = placesIn(groups.arrange(holes(500)))
  const many = placesIn(groups.arrange(holes(1000)))
  expect(few.size).toBe(500)
  expect(many.size).toBe(1000)
  for (const [hole, place] of few) expect(many.get(hole)).toBe(place)
})

/** By component, the groups that it stands in. */
function placesIn(children: readonly ReactElement[], above = ''): Map<string, string> {
  expect(children.length).toBeLessThanOrEqual(10)
  const places = new Map<string, string>()
  for (const { type, key, props } of children) {
    if (type !== Fragment) {
      places.set(String(key), above)
      continue
    }
    const inside = (props as { children: readonly ReactElement[] }).children
    for (const [hole, place] of placesIn(inside, `${above}/${key}`)) places.set(hole, place)
  }
  return places
}
