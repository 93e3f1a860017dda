// A server of a process of its own, for a test that kills it under its browsers: `moved-server.tsx <engine> <place> <leaseMs>`.
import { type ReactNode, useState } from 'react'
import { shared } from '../../src/live/shared.ts'
import { createLiveServer, route } from '../../src/server/index.ts'
import { clientComponent, clientModules } from '../../src/testing/client-components.ts'
import { type EngineName, openBus, openStore } from '../chaos/stores.ts'
import { Calls as CallsView } from '../cluster/client-parts.tsx'
import { answerParent } from '../processes/answer-parent.ts'

const [engine, place, leaseMs] = process.argv.slice(2) as [EngineName, string, string]

const Calls = clientComponent('MovedCalls', CallsView)

/** Of the calls under way here, what lets them go on. */
const waiting = new Map<string, () => void>()

const List = shared(function ListView(): ReactNode {
  const [items, setItems] = useState<readonly string[]>([])
  const add = async (item: string) => {
    if (item.startsWith('slow')) await new Promise<void>((resolve) => waiting.set(item, resolve))
    setItems((all) => [...all, item])
    return `${item} added`
  }
  return (
    <p>
      {items.join()}
      <Calls name="list" add={add} />
    </p>
  )
})

const server = createLiveServer({
  routes: [route('/', (() => <List />) as never)],
  clientModules,
  sessionStore: openStore(engine, place),
  bus: openBus(engine, place),
  sharedLeaseMs: Number(leaseMs),
})

answerParent({
  listen: async () => (await server.listen(0, '127.0.0.1')).port,
  /** Whether that call runs here. */
  runs: (item: string) => waiting.has(item),
  goOn: (item: string) => waiting.get(item)?.(),
})
