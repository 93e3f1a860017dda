import type { Connect } from '../../src/client/transport.ts'
import { connectTo } from '../support/connect-to.ts'
import { openPage } from '../support/page.tsx'
import { type Event, type StoredEvent, storeEvent } from './conversation.ts'
import { type StepName, steps } from './steps.ts'

/** How long nothing must pass until a step is over. */
const quietMs = 60

/** React takes so long to reveal what suspended. */
const openingMs = 600

/** Does every step on a page of a real server, and returns what passed. */
export async function record(port: number): Promise<StoredEvent[]> {
  const events: Event[] = []
  let lastAt = 0
  const note = (event: Event) => {
    events.push(event)
    lastAt = performance.now()
  }
  const page = openPage(recording(connectTo(port), note))
  for (const step of Object.keys(steps) as StepName[]) {
    note({ step })
    Promise.resolve(steps[step](page)).catch(() => {})
    const longEnoughMs = step === 'open' ? openingMs : quietMs
    while (performance.now() - lastAt < longEnoughMs) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  page.close()
  return events.map(storeEvent)
}

function recording(connect: Connect, note: (event: Event) => void): Connect {
  return (listener) => {
    const socket = connect({
      opened: () => listener.opened(),
      closed: (code) => listener.closed(code),
      message: (down) => {
        note({ down })
        listener.message(down)
      },
    })
    return {
      send: (up) => {
        note({ up })
        socket.send(up)
      },
      close: () => socket.close(),
    }
  }
}
