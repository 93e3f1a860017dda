import { atom, Provider, useAtom } from 'jotai'
import {
  Component,
  createContext,
  forwardRef,
  createElement as h,
  lazy,
  memo,
  type ReactElement,
  type ReactNode,
  Suspense,
  use,
  useActionState,
  useContext,
  useEffect,
  useId,
  useReducer,
  useState,
} from 'react'
import type { SlotState } from '../../src/live/restoring.ts'
import { LiveTree } from '../../src/live/tree.ts'
import { TreeState } from '../../src/live/tree-state.ts'
import { quietConsole, until } from '../live-tree/support.ts'

/** A tree whose state is kept in a map, as a session keeps it in its store. */
class Kept {
  readonly store = new Map<number, SlotState>()
  readonly failed: (string | null)[] = []
  readonly errors: unknown[] = []
  tree!: LiveTree
  saves = 0
  lastSaved: number[] = []

  mount(element: ReactElement): this {
    const state = new TreeState(
      {
        changed: () => queueMicrotask(() => this.save()),
        restoreFailed: (component) => this.failed.push(component),
      },
      this.store.values(),
    )
    const observer = {
      isWaiting: false,
      flush: () => this.collect(),
      failed: (error: unknown) => this.errors.push(error),
      caught: () => {},
    }
    this.tree = new LiveTree(observer, 'test', state)
    this.tree.mount(element)
    this.collect()
    this.save()
    return this
  }

  private collect(): void {
    this.tree.collect()
    this.tree.acknowledge(this.tree.sequence, this.tree.sequence)
  }

  save(): void {
    if (this.tree.state?.dirty) this.saves++
    const { slots, gone } = this.tree.state?.take() ?? { slots: [], gone: [] }
    if (slots.length > 0) this.lastSaved = slots.map(({ id }) => id)
    for (const { id, parent, hole, generation, captured } of slots) {
      this.store.set(id, {
        id,
        parent,
        hole,
        generation,
        signature: captured?.component.signature ?? '',
        kinds: captured?.kinds ?? '',
        values: structuredClone(captured?.values ?? []),
      })
    }
    for (const id of gone) this.store.delete(id)
  }

  /** As after a crash: nothing of the old tree is there but what was kept. */
  restart(element: ReactElement): this {
    this.tree.unmount()
    return this.mount(element)
  }

  /** The numbers and texts of every slot, in the order of their mounting. */
  get shown(): string {
    const texts: string[] = []
    const collect = (node: unknown): void => {
      if (typeof node === 'string' || typeof node === 'number') texts.push(String(node))
      else if (Array.isArray(node)) node.forEach(collect)
      else if (typeof node === 'object' && node !== null && 'props' in node) {
        collect((node as { props: { children?: unknown } }).props.children)
      }
    }
    for (const node of this.tree.shownTemplates()) collect(node)
    return texts.join(' ')
  }

  click(slot: number, path = '0.onClick'): void {
    this.tree.run(path, () => this.tree.findHandler(slot, path, Number.MAX_SAFE_INTEGER)?.())
  }
}

/** Frames leave in turns of the event loop; a timer alone may come before them where a turn took long. */
const turn = async () => {
  await new Promise((resolve) => setTimeout(resolve, 2))
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}

function Counter({ from = 0, name = 'n' }: { from?: number; name?: string }) {
  const [n, set] = useState(from)
  return (
    <button type="button" onClick={() => set(n + 1)}>
      {`${name} ${n}`}
    </button>
  )
}

async function clicked(kept: Kept, ...slots: number[]): Promise<void> {
  for (const slot of slots) {
    kept.click(slot)
    await turn()
  }
}

test('state comes back, with the ids of its slots, and a call on the old screen finds its function', async () => {
  const App = () => (
    <div>
      <Counter />
      <Counter from={5} />
    </div>
  )
  const kept = new Kept().mount(<App />)
  expect(kept.shown).toBe('n 0 n 5')
  await clicked(kept, 2, 2, 3)
  expect(kept.shown).toBe('n 2 n 6')
  kept.restart(<App />)
  expect(kept.shown).toBe('n 2 n 6')
  expect(kept.tree.state?.restoring).toBeNull()
  await clicked(kept, 3)
  expect(kept.shown).toBe('n 2 n 7')
})

test('only what changed is saved, and what did not change is not saved after a restart', async () => {
  const App = () => (
    <div>
      <Counter />
      <Counter />
    </div>
  )
  const kept = new Kept().mount(<App />)
  expect([...kept.store.keys()]).toEqual([1, 2, 3])
  kept.click(3)
  await until(() => kept.saves === 2)
  kept.restart(<App />)
  expect(kept.saves).toBe(2)
  kept.click(2)
  await until(() => kept.saves === 3)
  expect(kept.lastSaved).toEqual([2])
})

test('rows keep their state by key; what left is forgotten', async () => {
  let setKeys: (keys: string[]) => void = () => {}
  const App = ({ first }: { first: string[] }) => {
    const [keys, set] = useState(first)
    setKeys = set
    return keys.map((key) => <Counter key={key} name={key} />)
  }
  const kept = new Kept().mount(<App first={['a', 'b', 'c']} />)
  await clicked(kept, 2, 3, 3, 4, 4, 4)
  setKeys(['c', 'a'])
  await turn()
  expect([...kept.store.keys()]).toEqual([1, 2, 4])
  kept.restart(<App first={['z']} />)
  expect(kept.shown).toBe('c 3 a 1')
  setKeys(['b', 'a'])
  await turn()
  await turn()
  expect(kept.shown).toBe('a 1 b 0')
  expect([...kept.store.keys()].sort()).toEqual([1, 2, 5])
})

test('every kind of component and hook', async () => {
  const Memo = memo(Counter)
  const Ref = forwardRef<unknown, { name: string }>(function Ref({ name }, _ref) {
    const [n, add] = useReducer((sum: number, more: number) => sum + more, '0', Number)
    return <button onClick={() => add(10)}>{`${name} ${n}`}</button>
  })
  class Classy extends Component<{ name: string }, { n: number }> {
    override state = { n: 0 }
    override render(): ReactNode {
      const { n } = this.state
      return <button onClick={() => this.setState({ n: n + 1 })}>{`${this.props.name} ${n}`}</button>
    }
  }
  const Lazy = lazy(async () => ({ default: Counter }))
  const Theme = createContext('light')
  const Themed = () => {
    const theme = useContext(Theme)
    const [n, set] = useState(0)
    return <button onClick={() => set(n + 1)}>{`${theme} ${n}`}</button>
  }
  const Form = () => {
    const [text, run] = useActionState((before: string, next: string) => before + next, 'a')
    return <button onClick={() => run('b')}>{`form ${text}`}</button>
  }
  const Waits = () => {
    const id = useId()
    const [before] = useState('before')
    const text = use(ready)
    const [n, set] = useState(0)
    return <button onClick={() => set(n + 1)}>{`${before} ${text} ${n} ${id && ''}`}</button>
  }
  let ready = Promise.resolve('there')
  const ref = { current: null }
  const App = () => (
    <main>
      <Memo name="memo" />
      <Ref name="ref" ref={ref} />
      <Classy name="class" />
      <Suspense fallback="...">
        <Lazy name="lazy" />
      </Suspense>
      <Theme value="dark">
        <Themed />
      </Theme>
      <Form />
      <Suspense fallback="...">
        <Waits />
      </Suspense>
    </main>
  )
  const kept = new Kept().mount(<App />)
  const texts = () => kept.shown.split(/ (?=memo|ref|class|lazy|dark|form|before)/).sort()
  await until(() => texts().length === 7)
  const idOf = (start: string) => {
    const at = [...kept.store.keys()].find((id) => {
      const handler = kept.tree.findHandler(id, '0.onClick', Number.MAX_SAFE_INTEGER)
      if (handler === undefined) return false
      return JSON.stringify([...kept.tree.shownTemplates()][[...kept.store.keys()].indexOf(id)]).includes(
        start,
      )
    })
    return at as number
  }
  for (const name of ['memo', 'ref', 'class', 'lazy', 'dark', 'form', 'before']) {
    await turn()
    kept.click(idOf(name))
    await turn()
  }
  await until(() => texts().join().includes('form ab'))
  const all = ['before there 1 ', 'class 1', 'dark 1', 'form ab', 'lazy 1', 'memo 1', 'ref 10']
  expect(texts().map((text) => text.trim())).toEqual(all.map((text) => text.trim()))
  ready = new Promise((resolve) => setTimeout(resolve, 5, 'there'))
  kept.restart(<App />)
  await until(() => texts().length === 7)
  expect(texts().map((text) => text.trim())).toEqual(all.map((text) => text.trim()))
  expect(kept.tree.state?.restoring).toBeNull()
})

test('what async components and generators show is restored when it is there', async () => {
  async function Later({ children }: { children: ReactNode }) {
    await turn()
    return <div>{children}</div>
  }
  async function* Steps() {
    yield <Counter name="first" />
    await turn()
    yield <Counter name="first" />
  }
  const App = () => [
    <Later key="later">
      <Counter name="later" />
    </Later>,
    <Steps key="steps" />,
    Promise.resolve(<Counter key="child" name="child" />),
  ]
  const kept = new Kept().mount(h(App))
  await until(() => /later 0.*|child 0.*first 0/.test(kept.shown) && kept.store.size === 7)
  const before = new Map(kept.store)
  for (const id of kept.store.keys()) if (kept.tree.findHandler(id, '0.onClick', 1e9)) kept.click(id)
  await until(() => (kept.shown.match(/1/g)?.length ?? 0) === 3)
  kept.restart(h(App))
  await until(() => (kept.shown.match(/1/g)?.length ?? 0) === 3)
  expect([...kept.store.keys()]).toEqual([...before.keys()])
  expect(kept.tree.state?.restoring).toBeNull()
})

test('a hook library needs no help', async () => {
  const countAtom = atom(0)
  function Atom() {
    const [n, set] = useAtom(countAtom)
    const [own, setOwn] = useState(0)
    useEffect(() => set(3), [set])
    return <button onClick={() => setOwn(own + 1)}>{`${n}/${own}`}</button>
  }
  const App = () => (
    <Provider>
      <Atom />
    </Provider>
  )
  const kept = new Kept()
  // Libraries keep stores in state, which nobody can store: here too they start afresh.
  const clone = jest.spyOn(globalThis, 'structuredClone').mockImplementation((values) => values)
  kept.mount(<App />)
  await turn()
  kept.click(Math.max(...kept.store.keys()))
  await turn()
  expect(kept.shown).toBe('3/1')
  kept.restart(<App />)
  await turn()
  expect(kept.shown).toBe('3/1')
  clone.mockRestore()
})

describe('after a change of the program', () => {
  quietConsole()

  const version = (label: string, Child: () => ReactNode) => {
    function App() {
      const [n, set] = useState(0)
      return (
        <div>
          <button onClick={() => set(n + 1)}>{`app ${n}`}</button>
          <Counter name={label} />
          <Child />
        </div>
      )
    }
    return <App />
  }

  test('a changed component starts afresh, its neighbours and children do not', async () => {
    const Old = () => {
      const [text, set] = useState('old')
      return <button onClick={() => set(`${text}!`)}>{text}</button>
    }
    const New = () => {
      const [text, set] = useState('new')
      const [more] = useState(7)
      return <button onClick={() => set(`${text}!`)}>{`${text} ${more}`}</button>
    }
    Object.defineProperty(New, 'name', { value: 'Old' })
    const kept = new Kept().mount(version('a', Old))
    await clicked(kept, 2, 3)
    kept.click(1, '0.0.onClick')
    kept.click(1, '0.onClick')
    await turn()
    expect(kept.shown).toContain('old!')
    kept.restart(version('a', New))
    expect(kept.shown).toContain('a 1')
    expect(kept.shown).toContain('new 7')
    expect(kept.failed).toEqual([])
  })

  test('a custom hook that has other hooks now: its components start afresh', async () => {
    let useText = () => useState('one')[0]
    const Texts = () => {
      const text = useText()
      const [n, set] = useState(0)
      return <button onClick={() => set(n + 1)}>{`${text.toUpperCase()} ${n}`}</button>
    }
    const kept = new Kept().mount(version('a', Texts))
    await clicked(kept, 2, 3)
    expect(kept.shown).toContain('ONE 1')
    useText = () => {
      useReducer((n: number) => n, 0)
      return useState('two')[0]
    }
    kept.restart(version('a', Texts))
    await until(() => kept.shown.includes('TWO 0'))
    expect(kept.shown).toContain('a 1')
    expect(kept.errors).toEqual([])
  })

  test('a value that makes its component throw is left out, and that is said', async () => {
    let strict = false
    const Picky = () => {
      const [n, set] = useState(0)
      if (strict && n > 0) throw new Error('too large')
      return <button onClick={() => set(n + 1)}>{`picky ${n}`}</button>
    }
    const kept = new Kept().mount(version('a', Picky))
    await clicked(kept, 2, 3)
    strict = true
    kept.restart(version('a', Picky))
    await until(() => kept.shown.includes('picky 0'))
    expect(kept.shown).toContain('a 1')
    expect(kept.failed).toEqual(['Picky'])
    expect(kept.errors).toEqual([])
  })

  test('state that makes another component throw costs the root its state, not the page', async () => {
    let strict = false
    const Child = ({ n }: { n: number }) => {
      useEffect(() => {
        if (strict && n > 0) throw new Error('too large')
      }, [n])
      return <i>{n}</i>
    }
    const Parent = () => {
      const [n, set] = useState(0)
      return (
        <button onClick={() => set(n + 1)}>
          <Child n={n} />
        </button>
      )
    }
    const kept = new Kept().mount(version('a', Parent))
    await clicked(kept, 2, 3)
    strict = true
    kept.restart(version('a', Parent))
    expect(kept.failed).toEqual([null])
    expect(kept.shown).toContain('a 0')
    expect(kept.errors).toEqual([])
    await clicked(kept, ...[...kept.store.keys()].slice(1, 2))
    kept.restart(version('a', Parent))
    expect(kept.shown).toContain('a 1')
  })

  test('`durable = false` keeps the state of a component out', async () => {
    const Volatile = () => Counter({ name: 'volatile' })
    Volatile.durable = false
    const Outer = memo(Counter)
    Outer.durable = false
    const App = () => [<Volatile key="1" />, <Outer key="2" name="memo" />, <Counter key="3" />]
    const kept = new Kept().mount(h(App))
    await clicked(kept, 2, 3, 4)
    expect(kept.shown).toBe('volatile 1 memo 1 n 1')
    kept.restart(h(App))
    expect(kept.shown).toBe('volatile 0 memo 0 n 1')
  })
})

test('one element in two places is two components', async () => {
  const row = <Counter />
  const App = () => (
    <div>
      <p>{row}</p>
      {row}
    </div>
  )
  const kept = new Kept().mount(<App />)
  await clicked(kept, 2, 3, 3)
  kept.restart(<App />)
  expect(kept.shown).toBe('n 1 n 2')
})
