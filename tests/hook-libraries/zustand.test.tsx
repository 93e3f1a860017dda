// Before the DOM: on a server, libraries find none when they are loaded.
import { create, createStore, type StoreApi, useStore } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import { useShallow } from 'zustand/react/shallow'
import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import { createContext, type ReactNode, use, useState } from 'react'
import { click, framesSince, text } from '../live-tree/support.ts'
import { joinServer, writesSince } from './support.tsx'

interface Shop {
  count: number
  name: string
  add(): void
}

const createShop = () =>
  create<Shop>()(
    subscribeWithSelector((set) => ({
      count: 0,
      name: 'corner',
      add: () => set(({ count }) => ({ count: count + 1 })),
    })),
  )

test('two components share a store, and a change writes the slot of the one that selected it', async () => {
  const useShop = createShop()
  const renders = { count: 0, name: 0 }
  function Count() {
    renders.count++
    return <b>{useShop((shop) => shop.count)}</b>
  }
  function Name() {
    renders.name++
    return <i>{useShop((shop) => shop.name)}</i>
  }
  function Buttons() {
    const add = useShop((shop) => shop.add)
    return (
      <>
        <button onClick={add}>add</button>
        <u onClick={() => useShop.setState({ name: 'main' })}>rename</u>
      </>
    )
  }
  const screen = await renderLive(
    <>
      <Count />
      <Name />
      <Buttons />
    </>,
  )
  expect(text(screen)).toBe('0corneraddrename')
  const from = screen.traffic.length
  await click(screen)
  expect(text(screen)).toBe('1corneraddrename')
  expect(renders).toEqual({ count: 2, name: 1 })
  // One frame, one write, of one slot: the text of its only child.
  expect(writesSince(screen, from)).toEqual([[[expect.any(Number), [0], 1]]])
  await click(screen, 'u')
  expect(text(screen)).toBe('1mainaddrename')
  expect(renders).toEqual({ count: 2, name: 2 })
  await screen.unmount()
})

test('two sessions of a server share a store of its process, and leaving unsubscribes each', async () => {
  const useShop = createShop()
  let selected = 0
  const selectCount = ({ count }: Shop) => {
    selected++
    return count
  }
  function App() {
    const count = useShop(selectCount)
    return <button onClick={useShop.getState().add}>{count}</button>
  }
  const screen = await renderLive(<App />)
  const other = await joinServer(screen.server)
  expect([text(screen), other.text()]).toEqual(['0', '0'])
  other.container.querySelector('button')?.click()
  await screen.settled()
  expect([text(screen), other.text()]).toEqual(['1', '1'])
  await other.close()
  await click(screen)
  expect(text(screen)).toBe('2')
  expect(other.text()).toBe('')
  await screen.unmount()
  selected = 0
  useShop.getState().add()
  expect(useShop.getState().count).toBe(3)
  expect(selected).toBe(0)
})

test('a component that goes away while the tree stays unsubscribes', async () => {
  const useShop = createShop()
  const seen: number[] = []
  const Count = () =>
    useShop(({ count }) => {
      seen.push(count)
      return count
    })
  function App() {
    const [open, setOpen] = useState(true)
    return <button onClick={() => setOpen(!open)}>{open ? <Count /> : 'closed'}</button>
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('closed')
  seen.length = 0
  useShop.getState().add()
  await screen.settled()
  expect(seen).toEqual([])
  await click(screen)
  expect(text(screen)).toBe('1')
  await screen.unmount()
})

test('useShallow: an equal selection sends nothing and does not render', async () => {
  const useShop = createShop()
  let renders = 0
  function Labels() {
    renders++
    const [name] = useShop(useShallow((shop) => [shop.name]))
    return name
  }
  const screen = await renderLive(<Labels />)
  const from = screen.traffic.length
  useShop.getState().add()
  await screen.settled()
  expect(renders).toBe(1)
  expect(framesSince(screen, from)).toEqual([])
  useShop.setState({ name: 'main' })
  await screen.settled()
  expect([text(screen), renders]).toEqual(['main', 2])
  await screen.unmount()
})

test('many changes in one turn are one render and one frame', async () => {
  const useShop = createShop()
  let renders = 0
  function Count() {
    renders++
    return <b>{useShop((shop) => shop.count)}</b>
  }
  const screen = await renderLive(<Count />)
  const from = screen.traffic.length
  for (let i = 0; i < 100; i++) useShop.getState().add()
  await screen.settled()
  expect(text(screen)).toBe('100')
  expect(framesSince(screen, from)).toHaveLength(1)
  expect(renders).toBe(2)
  await screen.unmount()
})

test('a store in a context belongs to one session', async () => {
  const ShopContext = createContext<StoreApi<{ count: number }> | null>(null)
  function ShopProvider({ children }: { children: ReactNode }) {
    const [shop] = useState(() => createStore(() => ({ count: 0 })))
    return <ShopContext value={shop}>{children}</ShopContext>
  }
  function Count() {
    const shop = use(ShopContext) as StoreApi<{ count: number }>
    const count = useStore(shop, (state) => state.count)
    return <button onClick={() => shop.setState({ count: count + 1 })}>{count}</button>
  }
  const screen = await renderLive(
    <ShopProvider>
      <Count />
    </ShopProvider>,
  )
  const other = await joinServer(screen.server)
  await click(screen)
  expect([text(screen), other.text()]).toEqual(['1', '0'])
  await other.close()
  await screen.unmount()
})
