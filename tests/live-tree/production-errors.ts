// Run by errors.test.tsx in a process of its own, in production: prints what a browser is told of errors.
import { createElement } from 'react'
import { decodeUp } from '../../src/protocol/codec.ts'
import { createLiveServer, route } from '../../src/server/index.ts'

function Broken(): never {
  throw new Error('secret in render')
}

function Fine() {
  const onClick = () => {
    throw new Error('secret in handler')
  }
  return createElement('button', { onClick })
}

const logged: string[] = []
const sent: string[] = []
const server = createLiveServer({
  routes: [route('/broken', Broken), route('/fine', Fine)],
  clientModules: {},
  onError: (error, { code }) => void logged.push(`${code} ${(error as Error).message}`),
})
const peer = server.accept({
  bufferedBytes: 0,
  send: (data) => void sent.push(String(data)),
  close() {},
  terminate() {},
})

async function say(message: string): Promise<void> {
  if (decodeUp(message) === null) throw new Error(`Not a message: ${message}`)
  peer.message(message)
  await new Promise((resolve) => setTimeout(resolve, 20))
}

await say('h2')
await say('m1\n/broken')
await say('m2\n/fine')
await say('c1,2,1,1\n0.onClick')
await server.close()
console.log(JSON.stringify({ sent, logged }))
