import { topic, usePresence, useTopic } from 'liveroot'
import { createLiveServer, type LiveServer, MemoryHub, memoryBus, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { useState } from 'react'
import { until } from '../support/until.ts'

const room = topic<{ text: string }, 'id'>('room:{id}')

function Room({ id, name }: { id: string; name: string }) {
  const [typing, setTyping] = useState(false)
  const [news, setNews] = useState('')
  useTopic(room.with({ id }), ({ text }) => setTyping(text === name))
  const here = usePresence(
    room.with({ id }),
    { name, typing },
    {
      key: name.slice(0, 3),
      onJoin: (entry) => setNews((all) => `${all}+${entry.key}`),
      onLeave: (entry) => setNews((all) => `${all}-${entry.key}`),
    },
  )
  const list = here.map(
    ({ key, metas }) => `${key}(${metas.map((meta) => meta.name + (meta.typing ? '…' : ''))})`,
  )
  return (
    <p>
      {list.join(' ')} | {news}
    </p>
  )
}

const servers: LiveServer[] = []

function serve(hub: MemoryHub): LiveServer {
  const server = createLiveServer({
    routes: [route('/:id/:name', Room)],
    clientModules,
    bus: memoryBus({ hub }),
    presenceLeaseMs: 500,
  })
  servers.push(server)
  return server
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** A browser's tab: what it shows, and how it leaves. */
function open(server: LiveServer, path: string) {
  const down: string[] = []
  const listener = server.accept({
    bufferedBytes: 0,
    send: (data) => void down.push(String(data)),
    close() {},
    terminate() {},
  })
  listener.message('h2')
  listener.message(`m1\n${path}`)
  return {
    shows: (text: string) =>
      until(
        () => down.join('\n').includes(text),
        () => `"${text}" is not in ${down.join('\n')}`,
      ),
    leave: () => listener.message('u1'),
  }
}

test('who is here, in several tabs and on two servers, with what they say of themselves', async () => {
  const hub = new MemoryHub()
  const [a, b] = [serve(hub), serve(hub)]
  const first = open(a, '/7/ann-1')
  await first.shows('ann(ann-1)')
  const second = open(a, '/7/ann-2')
  await second.shows('ann(ann-1,ann-2)')
  const other = open(b, '/7/bob-1')
  await other.shows('ann(ann-1,ann-2) bob(bob-1)')
  await first.shows('+bob')
  open(b, '/8/cid-1')
  await a.publish(room.with({ id: 7 }), { text: 'ann-2' })
  await other.shows('ann-2…')
  first.leave()
  second.leave()
  await other.shows('-ann')
  await b.close()
  expect(servers).toContain(a)
})
