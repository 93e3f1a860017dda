import { createFromReadableStream } from 'react-server-dom-webpack/client'
import { Panel } from './panel.ts'

declare const payload: string
declare const fail: (error: unknown) => void
declare const report: (result: { decoded: unknown; Panel: unknown }) => void

// The test evaluates this bundle and hands it what the server bundle wrote.
async function main() {
  const stream = new Response(payload).body as ReadableStream<Uint8Array>
  report({ decoded: await createFromReadableStream(stream), Panel })
}

main().catch(fail)
