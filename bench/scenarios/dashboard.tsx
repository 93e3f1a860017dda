import { useTopic } from 'liveroot'
import { useState } from 'react'
import { scenario } from './scenario.ts'

interface Metric {
  readonly id: string
  readonly label: string
  readonly value: number
  /** Per cent against last week, counted once a day. */
  readonly delta: number
}

type Change = Pick<Metric, 'id' | 'value'>

const subjects = ['Orders', 'Visits', 'Refunds', 'Sign-ups', 'Errors', 'Emails', 'Calls']
const regions = ['Berlin', 'Lagos', 'Lima', 'Osaka', 'Oslo', 'Quito', 'Turin']

// With the page's own four elements, 49 tiles of four make 200.
const metrics: readonly Metric[] = subjects.flatMap((subject, i) =>
  regions.map((region, k) => ({
    id: `${subject}-${region}`,
    label: `${subject}, ${region}`,
    value: 1000 + (((i * 7 + k) * 1297) % 8000),
    delta: ((i * 7 + k) % 19) - 9,
  })),
)

const digits = new Intl.NumberFormat('en')

function applyChanges(all: readonly Metric[], changes: readonly Change[]): readonly Metric[] {
  const values = new Map(changes.map(({ id, value }) => [id, value]))
  return all.map((metric) => {
    const value = values.get(metric.id)
    return value === undefined ? metric : { ...metric, value }
  })
}

function Dashboard() {
  const [shown, setShown] = useState(metrics)
  useTopic<readonly Change[]>('metrics', (changes) => setShown((all) => applyChanges(all, changes)))
  return <Tiles metrics={shown} />
}

function Tiles({ metrics: shown }: { metrics: readonly Metric[] }) {
  return (
    <main className="dashboard">
      <header>
        <h1>Today</h1>
        <p>All regions</p>
      </header>
      {shown.map((metric) => (
        <Tile key={metric.id} metric={metric} />
      ))}
    </main>
  )
}

function Tile({ metric: { label, value, delta } }: { metric: Metric }) {
  return (
    <article className="tile">
      <h2>{label}</h2>
      <strong>{digits.format(value)}</strong>
      <span className={delta < 0 ? 'down' : 'up'}>{delta} %</span>
    </article>
  )
}

/** Five of the 49 values move. */
function fiveChanges(n: number): Change[] {
  return [0, 1, 2, 3, 4].map((i) => {
    const { id, value } = metrics[(n * 11 + i * 10) % metrics.length] as Metric
    return { id, value: value + 1 + (n % 500) }
  })
}

export const dashboardFive = scenario<readonly Metric[]>({
  component: Dashboard,
  message: (n) => ({ topic: 'metrics', data: fiveChanges(n) }),
  plain: {
    initial: metrics,
    reduce: (all, data) => applyChanges(all, data as Change[]),
    render: (all) => <Tiles metrics={all} />,
  },
})
