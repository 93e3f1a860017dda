import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { createLiveServer } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { Peer } from '../failures/peer.ts'

test('close() ends timers, trees, iterators, sockets and the server: the process ends by itself', async () => {
  const script = path.join(__dirname, 'closing-server.ts')
  const args = ['--conditions=liveroot-source', '--import', 'tsx', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
  const { before, during, after, log, connections, refused } = JSON.parse(stdout)
  expect(during.length).toBeGreaterThan(before.length)
  expect(after).toEqual(before)
  expect(log).toEqual(['cleaned up', 'cleaned up', 'returned', 'returned'])
  expect([connections, refused]).toEqual([0, true])
})

test('the address can be listened on again at once', async () => {
  const first = createLiveServer({ routes: [], clientModules })
  const { port } = await first.listen(0, '127.0.0.1')
  const peer = await Peer.open(port)
  await first.close()
  await peer.closing()
  const second = createLiveServer({ routes: [], clientModules })
  expect((await second.listen(port, '127.0.0.1')).port).toBe(port)
  await second.close()
})

test('closing twice, or a server that never listened, is no mistake', async () => {
  const server = createLiveServer({ routes: [], clientModules })
  await server.close()
  await server.close()
  const taken = createLiveServer({ routes: [], clientModules })
  const { port } = await taken.listen(0, '127.0.0.1')
  const other = createLiveServer({ routes: [], clientModules })
  await expect(other.listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await other.close()
  await taken.close()
})
