import { setTimeout as sleep } from 'node:timers/promises'
import '../../src/testing/webpack-globals.ts'
import { type ReactNode, Suspense, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { unstable_IdlePriority as idle, unstable_scheduleCallback as schedule } from 'scheduler'
import { createBindings } from '../../src/client/bind.ts'
import { decodePayload, wholePayload } from '../../src/client/flight.ts'
import { ClientRoot } from '../../src/client/root.ts'
import type { RootHost } from '../../src/client/root-host.ts'
import { settle } from '../../src/client/settle.ts'
import { Slot, StoreContext } from '../../src/client/slot.tsx'
import { SlotStore, type Write } from '../../src/client/slot-store.ts'
import { defineModule } from '../../src/testing/webpack-globals.ts'
import { noFunctions } from './no-functions.ts'

/** The client component that the protocol's vectors name. */
function Card({ title, on, children }: { title: ReactNode; on: boolean; children: ReactNode }): ReactNode {
  return (
    <section className={on ? 'on' : 'off'}>
      {title} {children}
    </section>
  )
}

defineModule('card', { Card })

/** Resolves when React has rendered all that it can: its scheduler gets to idle work last. */
function rendered(): Promise<void> {
  return new Promise((resolve) => void schedule(idle, () => resolve()))
}

/** React reveals suspended content this long after the last it revealed. */
const revealThrottleMs = 320

/** A shared root that nobody can call or acknowledge. */
function sharedRoot(id: number, find: (id: number) => ClientRoot): ClientRoot {
  const host: RootHost = {
    calling: false,
    window: 32,
    acknowledge() {},
    start: (_root, reference, args) => noFunctions.start(reference, args),
    unmount() {},
    replaced() {},
    shows() {},
    sharedRoot: find,
  }
  return new ClientRoot(host, id, '')
}

/** A whole message with a frame, which says what root it is for. */
const frame = /^f(\d+),(\d+)\n(.*)$/s

/**
 * What is on screen after some payloads, decoded and shown by the client's own code. Those that are whole messages are
 * for shared roots.
 */
export async function play(payloads: readonly string[]): Promise<string> {
  const roots = new Map<number, ClientRoot>()
  const find = (id: number): ClientRoot => {
    const root = roots.get(id) ?? sharedRoot(id, find)
    roots.set(id, root)
    return root
  }
  const store = new SlotStore(createBindings(noFunctions, find))
  const container = document.createElement('div')
  const root = createRoot(container)
  root.render(
    <StoreContext value={store}>
      <Suspense>
        <Slot id={0} />
      </Suspense>
    </StoreContext>,
  )
  for (const payload of payloads) {
    const [, id, sequence, body] = frame.exec(payload) ?? []
    if (body !== undefined) {
      find(Number(id)).receive(Number(sequence), wholePayload(body))
      await rendered()
      continue
    }
    const decoded = await decodePayload<readonly Write[]>(wholePayload(payload))
    const { written } = store.take(await settle(decoded))
    startTransition(() => store.announce(written))
    await rendered()
  }
  if (container.innerHTML === '' || container.innerHTML.includes('wait')) await sleep(revealThrottleMs)
  const html = container.innerHTML
  root.unmount()
  return html
}
