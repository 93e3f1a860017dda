import { shared, useTopic } from 'liveroot'
import { useState } from 'react'
import { quoteChange } from './quotes.ts'
import { type Scenario, scenario } from './scenario.ts'
import { Table } from './table.tsx'

const none = { initial: null, reduce: () => null, render: () => <p /> }

function Score() {
  const [count, setCount] = useState(0)
  useTopic<number>('visitors', setCount)
  return <p>{count} visitors so far</p>
}

const SharedScore = shared(Score)

function PrivatePage() {
  return (
    <main>
      <h1>Visitors</h1>
      <Score />
    </main>
  )
}

function SharedPage() {
  return (
    <main>
      <h1>Visitors</h1>
      <SharedScore />
    </main>
  )
}

const message = (n: number) => ({ topic: 'visitors', data: n })

/** Everybody sees the same number change; each has a tree of his own. */
export const fanoutPrivate: Scenario = scenario({ component: PrivatePage, message, plain: none })

/** The same, and one tree for all. */
export const fanoutShared: Scenario = scenario({ component: SharedPage, message, plain: none })

/** One cell of a row of a thousand changes. */
export const fanoutTable: Scenario = scenario({
  component: Table,
  message: (n) => {
    const { symbol, price } = quoteChange(n)
    return { topic: `quotes:${symbol}`, data: { price } }
  },
  plain: none,
})
