import { createFromReadableStream } from 'react-server-dom-webpack/client'
import { createLiveClient } from '../../../client/index.ts'
import { sessionOf } from '../../../client/live-client.ts'
import { knownFunction } from '../../../client/server-function.ts'
import { encode } from '../../../protocol/codec.ts'
import { fromEntry } from './functions/entry-only.ts'
import { Panel } from './panel.ts'

declare const payload: string
declare const fail: (error: unknown) => void
declare const report: (result: { decoded: unknown; Panel: unknown; sent: string[]; isKnown: boolean }) => void

// The test evaluates this bundle and hands it what the server bundle wrote.
async function main() {
  const stream = new Response(payload).body as ReadableStream<Uint8Array>
  const decoded = (await createFromReadableStream(stream)) as { named: { callAll(): Promise<unknown>[] } }
  const sent: string[] = []
  await connect(sent)
  for (const answer of [...decoded.named.callAll(), fromEntry()]) answer.catch(fail)
  await new Promise((resolve) => setTimeout(resolve, 10))
  report({ decoded, Panel, sent, isKnown: knownFunction(fromEntry) !== undefined })
}

/** A connection to a server that bids welcome and shows nothing; it closes when nothing is left to do. */
function connect(sent: string[]): Promise<void> {
  return new Promise((resolve) => {
    const client = createLiveClient({
      connect(listener) {
        setTimeout(() => {
          listener.opened()
          const body = JSON.stringify({ token: '', session: 'new', series: 0, handled: 0, maxCalls: 64, maxMessageBytes: 65_536 })
          const head = { type: 'welcome', version: 2, heartbeatMs: 60_000, window: 1_000_000 } as const
          listener.message(encode({ ...head, body }))
          // Calls of modules leave when the page's roots are there.
          listener.message(encode({ type: 'frame', root: 1, sequence: 1, body: '0:[[0,null]]\n' }))
          resolve()
        }, 0)
        return { send: (data) => void sent.push(String(data)), close() {}, bufferedBytes: 0 }
      },
    })
    sessionOf(client).mount('/')
  })
}

main().catch(fail)
