import { createLiveServer, type LiveServer, type LiveServerOptions, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { createElement, useState } from 'react'
import { Peer } from './peer.ts'

function Counter() {
  const [n, setN] = useState(0)
  return createElement('button', { onClick: () => setN(n + 1) }, n)
}

/** A server under attack, and a well-behaved session on it that must not notice. */
export interface Scene {
  readonly server: LiveServer
  readonly port: number
  /** `code message` of every error that the application heard of. */
  readonly logged: string[]
  /** Uses the well-behaved session, and ends everything. */
  end(): Promise<void>
}

const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))
process.on('uncaughtException', (error) => unhandled.push(error))

export async function openScene(options: Partial<LiveServerOptions> = {}): Promise<Scene> {
  const logged: string[] = []
  const server = createLiveServer({
    clientModules,
    onError: (error, { code }) => void logged.push(`${code} ${(error as Error)?.message ?? error}`),
    ...options,
    routes: [route('/counter', Counter), ...(options.routes ?? [])],
  })
  const { port } = await server.listen(0, '127.0.0.1')
  const bystander = await Peer.open(port)
  await bystander.mount(1, '/counter')
  const pulse = setInterval(() => bystander.send('p'), 100)
  const end = async () => {
    clearInterval(pulse)
    await clickTwice(bystander)
    await new Promise((resolve) => setTimeout(resolve, 5))
    bystander.end()
    await server.close()
    expect(unhandled.splice(0)).toEqual([])
  }
  await clickTwice(bystander)
  return { server, port, logged, end }
}

const clicks = new WeakMap<Peer, number>()

async function clickTwice(peer: Peer): Promise<void> {
  expect(peer.closed).toBeNull()
  for (let i = 0; i < 2; i++) {
    const n = (clicks.get(peer) ?? 0) + 1
    clicks.set(peer, n)
    const frame = peer.ask(`c${n},1,${n},1\n0.onClick`, (message) => message.startsWith('r'))
    expect(await frame).toBe(`r${n},${n + 1}`)
    expect(peer.messages.filter((message) => message !== 'q').at(-2)).toBe(`f1,${n + 1}\n0:[[1,[0],${n}]]\n`)
    peer.send(`a1,${n + 1},${n + 1}`)
  }
}
