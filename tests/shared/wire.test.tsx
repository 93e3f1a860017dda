import '../support/dom.ts'
import { shared } from 'liveroot'
import { type LiveServerOptions, route } from 'liveroot/server'
import { useState } from 'react'
import { openRawPeer } from '../live-tree/raw-peer.ts'
import { closeServers, serve } from './support.tsx'

afterEach(closeServers)

let set: (n: number) => void = () => {}
const calls: string[] = []

const Switch = shared(function SwitchView() {
  const [n, setN] = useState(0)
  set = setN
  return (
    <div>
      <button onClick={() => calls.push(`n was ${n}`)}>{n}</button>
      {n < 2 ? <Old /> : <New />}
    </div>
  )
})
const Old = () => <i onClick={() => calls.push('old')}>old</i>
const New = () => <u onClick={() => calls.push('new')}>new</u>

function serveSwitch(limits: LiveServerOptions['limits'] = {}) {
  return serve({ routes: [route('/', () => <Switch />)], limits })
}

const errorsIn = (messages: string[]) => messages.map((message) => /"code":"(\w+)"/.exec(message)?.[1])

afterEach(() => {
  calls.length = 0
})

test('each viewer calls what its own screen shows: the closure of the frame it saw, and nothing that is gone from it', async () => {
  const server = serveSwitch()
  const [a, b] = [await openRawPeer(server), await openRawPeer(server)]
  const mounted = await a.say('m1\n/')
  const picture = mounted.findIndex((message) => /^f1000000,1\n0:\[\[-2,"\S{8}"\],\[0,/.test(message))
  const own = mounted.findIndex((message) => message.startsWith('f1,1\n'))
  expect(picture).toBeGreaterThanOrEqual(0)
  // The picture travels ahead of the place for it.
  expect(picture).toBeLessThan(own)
  expect(mounted[own]).toContain('{"":1000000}')
  await b.say('m1\n/')
  set(2)
  const [frame] = await a.heard()
  expect(await b.heard()).toEqual([frame])
  // Both still show the first frame, as far as the server knows.
  await a.say('c1,1000000,1,1\n0.0.onClick', 'c2,1000000,1,2\n0.onClick')
  expect(calls.splice(0)).toEqual(['n was 0', 'old'])
  expect(errorsIn(await a.say('a1000000,2,2', 'c3,1000000,1,2\n0.onClick'))).toEqual(['not_on_screen'])
  await b.say('c1,1000000,1,2\n0.onClick')
  expect(calls.splice(0)).toEqual(['old'])
  await a.say('c4,1000000,2,3\n0.onClick')
  expect(calls.splice(0)).toEqual(['new'])
  // Who has no place for it has none of its functions.
  const c = await openRawPeer(server)
  expect(errorsIn(await c.say('c1,1000000,2,3\n0.onClick'))).toEqual(['unknown_root'])
})

test('who does not keep up gets no more frames, cannot call what was not sent, and then gets the newest picture', async () => {
  const server = serveSwitch({ maxUnackedFrames: 2 })
  const [slow, fast] = [await openRawPeer(server), await openRawPeer(server)]
  await slow.say('m1\n/')
  await fast.say('m1\n/', 'a1000000,1,1')
  for (const n of [1, 2, 3]) {
    set(n)
    await fast.heard()
    await fast.say(`a1000000,${n + 1},${n + 1}`)
  }
  expect(fast.down.filter((message) => message.startsWith('f1000000,'))).toHaveLength(4)
  const frames = () => slow.down.filter((message) => message.startsWith('f1000000,'))
  await slow.heard()
  expect(frames().map((message) => message.split('\n')[0])).toEqual(['f1000000,1', 'f1000000,2'])
  expect(errorsIn(await slow.say('c1,1000000,4,3\n0.onClick'))).toEqual(['not_on_screen'])
  await slow.say('a1000000,2,2')
  expect(frames()).toHaveLength(3)
  expect(frames()[2]).toMatch(/^f1000000,4\n0:\[\[-2,"\S{8}"\],\[0,.*\["\$","button",null,.*"children":3/)
  await slow.say('c2,1000000,4,3\n0.onClick')
  expect(calls).toEqual(['new'])
  set(4)
  expect(await slow.heard()).toEqual(['f1000000,5\n0:[[1,[0,0],4]]\n'])
})

test('a place that is gone is let go when the browser shows so', async () => {
  let hide = () => {}
  function Page() {
    const [shown, show] = useState(true)
    hide = () => show(false)
    return <main>{shown ? <Switch /> : null}</main>
  }
  const server = serve({ routes: [route('/', Page)] })
  const peer = await openRawPeer(server)
  await peer.say('m1\n/', 'a1,1,1', 'a1000000,1,1')
  hide()
  const [frame] = await peer.heard()
  expect(frame).toMatch(/^f1,2\n/)
  await peer.say('c1,1000000,1,1\n0.0.onClick')
  expect(calls.splice(0)).toEqual(['n was 0'])
  expect(await peer.say('a1,2,2')).toEqual(['u1000000'])
  expect(errorsIn(await peer.say('c2,1000000,1,1\n0.0.onClick'))).toEqual(['unknown_root'])
})

test('a browser cannot mount a root with a number of the server’s', async () => {
  const peer = await openRawPeer(serveSwitch())
  expect(errorsIn(await peer.say('m1000000\n/'))).toEqual(['bad_frame'])
})
