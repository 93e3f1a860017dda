import { useTopic } from 'liveroot'
import { useState } from 'react'
import { scenario } from './scenario.ts'

function SharedCounterPage() {
  return (
    <main>
      <h1>Visitors</h1>
      <SharedCounter />
    </main>
  )
}

function SharedCounter() {
  const [count, setCount] = useState(0)
  useTopic<number>('visitors', setCount)
  return <p>{count} visitors so far</p>
}

function PlainPage({ count }: { count: number }) {
  return (
    <main>
      <h1>Visitors</h1>
      <p>{count} visitors so far</p>
    </main>
  )
}

/** Everybody sees the same number change: what `scale` publishes to ever more roots. */
export const sharedCounter = scenario<number>({
  component: SharedCounterPage,
  message: (n) => ({ topic: 'visitors', data: n }),
  plain: {
    initial: 0,
    reduce: (_, data) => data as number,
    render: (count) => <PlainPage count={count} />,
  },
})
