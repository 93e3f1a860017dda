// The server of a soak, in a process of its own.
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { createElement, type ReactNode, useEffect, useState } from 'react'
import { createLiveServer, onDiagnostic, route } from '../../src/server/index.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures } from '../processes/figures.ts'
import { sessionGraceMs, sessionTtlMs, sleepAfterMs } from './times.ts'

keepFailures()

/** Made when it is asked for: it is a handle from then on. */
let delay: IntervalHistogram
const errors: string[] = []
let mounted = 0
/** Sessions that fell asleep though their browser was there, and that woke. */
const naps = { asleep: 0, awake: 0 }
onDiagnostic('liveroot.session.asleep', () => void naps.asleep++)
onDiagnostic('liveroot.session.awake', () => void naps.awake++)

function Page(): ReactNode {
  return createElement('main', null, createElement(Counter), createElement(List), createElement(Mounted))
}

/** Nothing in it keeps its session awake. */
function QuietPage(): ReactNode {
  return createElement('main', null, createElement(Counter), createElement(List))
}

function Mounted(): ReactNode {
  useEffect(() => {
    mounted++
    return () => void mounted--
  }, [])
  return null
}

function Counter(): ReactNode {
  const [n, setN] = useState(0)
  return createElement('button', { onClick: () => setN(n + 1) }, n)
}

function List(): ReactNode {
  const [items, setItems] = useState(['one'])
  const rows = items.map((item) => createElement('li', { key: item }, item))
  const onClick = () => setItems([`${items.length} of many`, ...items].slice(0, 20))
  return createElement('ul', { onClick }, rows)
}

const server = createLiveServer({
  routes: [route('/soak', Page), route('/quiet', QuietPage)],
  clientModules: {},
  limits: { sessionGraceMs, sleepAfterMs, sessionTtlMs },
  onError: (error, { code }) => void errors.push(`${code}: ${error}`),
})

answerParent({
  listen: async () => (await server.listen(0, '127.0.0.1')).port,
  watch: () => {
    delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
  },
  delays: () => {
    delay.disable()
    const [median, p99, most] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6)
    return { median, p99, most }
  },
  figures: async () => ({
    ...(await figures()),
    connections: server.connections,
    sessions: server.health().sessions,
    mounted,
    naps,
    errors: errors.splice(0),
  }),
})
