import { useState } from 'react'
import { scenario } from './scenario.ts'

function CounterPage() {
  return (
    <main>
      <h1>Counter</h1>
      <Counter />
    </main>
  )
}

function Counter() {
  const [count, setCount] = useState(0)
  return (
    <button type="button" onClick={() => setCount(count + 1)}>
      Clicked {count} times
    </button>
  )
}

function PlainCounterPage({ count }: { count: number }) {
  return (
    <main>
      <h1>Counter</h1>
      <PlainCounter count={count} />
    </main>
  )
}

function PlainCounter({ count }: { count: number }) {
  return <button type="button">Clicked {count} times</button>
}

export const counter = scenario<number>({
  component: CounterPage,
  plain: {
    initial: 0,
    reduce: (count) => count + 1,
    render: (count) => <PlainCounterPage count={count} />,
  },
})
