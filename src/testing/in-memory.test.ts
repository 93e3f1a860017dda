import { setTimeout as sleep } from 'node:timers/promises'
import type { SocketListener } from '../server/transport.ts'
import { connectInMemory } from './in-memory.ts'

/** Both ends write down what they hear. */
function connectBoth(latency: Parameters<typeof connectInMemory>[2]) {
  const heard: string[] = []
  const listener: SocketListener = {
    message: (data) => {
      heard.push(`up ${data}`)
      void Promise.resolve().then(() => heard.push('turn'))
    },
    drained: () => {},
    closed: () => heard.push('server closed'),
  }
  let toClient: ((data: string) => void) | undefined
  const connect = connectInMemory(
    (socket) => {
      toClient = (data) => socket.send(data)
      return listener
    },
    {},
    latency,
  )
  let opened: () => void
  const open = new Promise<void>((resolve) => {
    opened = resolve
  })
  const client = connect({
    opened: () => opened(),
    message: (data) => heard.push(`down ${data}`),
    closed: (code) => heard.push(`client closed ${code}`),
  })
  return { heard, client, open, toClient: (data: string) => toClient?.(data) }
}

const links = [{}, { latencyMs: 20 }, { latencyMs: 10, jitterMs: 15 }]

test.each(links)('messages arrive in order, each in a turn of its own, with %j', async (latency) => {
  const { heard, client, open, toClient } = connectBoth(latency)
  await open
  for (const each of ['1', '2', '3']) client.send(each)
  while (heard.length < 6) await sleep(1)
  expect(heard).toEqual(['up 1', 'turn', 'up 2', 'turn', 'up 3', 'turn'])
  heard.length = 0
  for (const each of ['1', '2', '3']) toClient(each)
  client.close()
  toClient('too late')
  while (heard.length < 5) await sleep(1)
  const ofClient = heard.filter((each) => each !== 'server closed')
  expect(ofClient).toEqual(['down 1', 'down 2', 'down 3', 'client closed 1000'])
  expect(heard).toContain('server closed')
})

test('half of the latency is spent each way, with the jitter that was drawn', async () => {
  const { heard, client, open, toClient } = connectBoth({ latencyMs: 60, jitterMs: 40, random: () => 0.5 })
  await open
  const from = performance.now()
  client.send('1')
  while (heard.length === 0) await sleep(1)
  expect(performance.now() - from).toBeGreaterThanOrEqual(50)
  toClient('2')
  while (heard.at(-1) !== 'down 2') await sleep(1)
  expect(performance.now() - from).toBeGreaterThanOrEqual(100)
})
