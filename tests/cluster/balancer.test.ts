import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { startBalancer } from '../../fixtures/cluster/balancer.ts'

/** Says its name to whoever connects, and then what it hears. */
async function startNamed(name: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.write(name)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

async function ask(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (data) => {
    heard += data
  })
  // Where there is no server, the balancer may reset the connection.
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.end('!')
  await closed
  return heard
}

test('connections are spread over the servers, and pass over one that is gone', async () => {
  const servers = await Promise.all(['a', 'b'].map(startNamed))
  const balancer = await startBalancer({ targets: servers.map(({ port }) => port), port: 0 })
  const both = await Promise.all(Array.from({ length: 40 }, () => ask(balancer.port)))
  expect(new Set(both)).toEqual(new Set(['a!', 'b!']))
  await new Promise((resolve) => servers[0]?.server.close(resolve))
  const one = await Promise.all(Array.from({ length: 10 }, () => ask(balancer.port)))
  expect(new Set(one)).toEqual(new Set(['b!']))
  await new Promise((resolve) => servers[1]?.server.close(resolve))
  expect(await ask(balancer.port)).toBe('')
  await balancer.close()
})
