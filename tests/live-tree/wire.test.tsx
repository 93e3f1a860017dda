import '../support/dom.ts'
import { createLiveServer, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { useState } from 'react'
import { openRawPeer } from './raw-peer.ts'

const errorIn = (message: string | undefined) => message?.split('\n')[1]

test('a click runs the closure of the render that the user saw', async () => {
  const seen: number[] = []
  let set: (n: number) => void = () => {}
  function App() {
    const [n, setN] = useState(0)
    set = setN
    return <button onClick={() => seen.push(n)}>{n}</button>
  }
  const server = createLiveServer({ routes: [route('/', App)], clientModules })
  const peer = await openRawPeer(server)
  await peer.say('m1\n/')
  await peer.say('a1,1,1')
  set(1)
  expect(await peer.heard()).toHaveLength(1)
  await peer.say('c1,1,1,1\n0.onClick', 'c2,1,2,1\n0.onClick')
  expect(seen.splice(0)).toEqual([0, 1])
  // Received, but not on the screen yet.
  await peer.say('a1,2,1', 'c3,1,1,1\n0.onClick')
  expect(seen.splice(0)).toEqual([0])
  // Acknowledged on screen: nobody sees the old one any more, whatever is said.
  await peer.say('a1,2,2', 'c4,1,1,1\n0.onClick')
  expect(seen.splice(0)).toEqual([1])
  await server.close()
})

test('what leaves the screen can be called until the browser has seen it go', async () => {
  const calls: string[] = []
  let hide = () => {}
  const Inner = () => <u onClick={() => calls.push('inner')}>inner</u>
  function App() {
    const [shown, show] = useState(true)
    hide = () => show(false)
    return (
      <div>
        {shown ? <i onClick={() => calls.push('own')}>own</i> : null}
        {shown ? <Inner /> : null}
      </div>
    )
  }
  const server = createLiveServer({ routes: [route('/', App)], clientModules })
  const peer = await openRawPeer(server)
  await peer.say('m1\n/', 'a1,1,1')
  hide()
  await peer.heard()
  await peer.say('c1,1,1,1\n0.0.onClick', 'c2,1,1,2\n0.onClick')
  expect(calls.splice(0)).toEqual(['own', 'inner'])
  const answers = await peer.say('a1,2,2', 'c3,1,1,1\n0.0.onClick', 'c4,1,1,2\n0.onClick')
  expect(calls).toEqual([])
  expect(answers.map(errorIn)).toEqual([
    expect.stringContaining('"not_on_screen"'),
    expect.stringContaining('"not_on_screen"'),
  ])
  await server.close()
})

test('past the window of unacknowledged frames nothing is sent, and then the newest state at once', async () => {
  let set: (n: number) => void = () => {}
  function App() {
    const [n, setN] = useState(0)
    set = setN
    return <b>{n}</b>
  }
  const server = createLiveServer({
    routes: [route('/', App)],
    clientModules,
    limits: { maxUnackedFrames: 3 },
  })
  const peer = await openRawPeer(server)
  await peer.say('m1\n/')
  for (let n = 1; n <= 10; n++) {
    set(n)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  expect(await peer.heard()).toEqual(['f1,2\n0:[[1,[0],1]]\n', 'f1,3\n0:[[1,[0],2]]\n'])
  expect(await peer.say('a1,3,3')).toEqual(['f1,4\n0:[[1,[0],10]]\n'])
  await server.close()
})

test('states set in one turn of the event loop, from anywhere, travel as one frame', async () => {
  const setters: ((n: number) => void)[] = []
  function Cell() {
    const [n, setN] = useState(0)
    setters.push(setN)
    return <b>{n}</b>
  }
  const App = () => [<Cell key="a" />, <Cell key="b" />]
  const server = createLiveServer({ routes: [route('/', App)], clientModules })
  const peer = await openRawPeer(server)
  await peer.say('m1\n/', 'a1,1,1')
  for (const set of setters) set(5)
  await Promise.resolve()
  for (const set of setters) set(6)
  expect(await peer.heard()).toEqual(['f1,2\n0:[[2,[0],6],[3,[0],6]]\n'])
  await server.close()
})

test('a call is answered after the frame that holds its effects', async () => {
  function App() {
    const [n, setN] = useState(0)
    return <button onClick={() => setN(n + 1)}>{n}</button>
  }
  const server = createLiveServer({ routes: [route('/', App)], clientModules })
  const peer = await openRawPeer(server)
  await peer.say('m1\n/', 'a1,1,1')
  expect(await peer.say('c1,1,1,1\n0.onClick')).toEqual(['f1,2\n0:[[1,[0],1]]\n', 'r1,2'])
  await server.close()
})
