import { setTimeout as sleep } from 'node:timers/promises'
import { LiverootError, usePublish, useTopic } from 'liveroot'
import { httpHook, route } from 'liveroot/server'
import { Component, type ReactNode, useEffect, useState } from 'react'
import { openScene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

const isError = (message: string) => message.startsWith('x')

function Room({ id }: { id: number }) {
  return id
}

function strictNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`no number: ${text}`)
  return Number(text)
}

const rooms = route('/rooms/:id', Room, { params: { id: strictNumber } })

test.each([
  ['/nowhere', 'unknown_route'],
  ['/rooms', 'unknown_route'],
  ['/rooms/1/2', 'unknown_route'],
  ['', 'unknown_route'],
  ['/__proto__', 'unknown_route'],
  ['/rooms/abc', 'bad_params'],
  ['/rooms/%', 'bad_params'],
  [`/rooms/${'1'.repeat(3_000)}`, 'bad_params'],
])('mounting %.40s is refused', async (path, code) => {
  const { port, end } = await openScene({ routes: [rooms] })
  const peer = await Peer.open(port)
  expect(codeOf(await peer.ask(`m1\n${path}`, isError))).toBe(code)
  // The refusal is that root's alone; its number can be used again.
  expect(await peer.mount(1, '/rooms/5')).toContain('5')
  peer.end()
  await end()
})

test('mounting under a number that is taken is a breach of the protocol', async () => {
  const { port, end } = await openScene({ routes: [rooms] })
  const peer = await Peer.open(port)
  await peer.mount(1, '/counter')
  peer.send('m1\n/rooms/2')
  expect(await peer.closing()).toMatchObject({ code: 4400, refusal: 'bad_frame' })
  await end()
})

test('a session has a bound of roots, and frees them by unmounting', async () => {
  const { port, end } = await openScene({ limits: { maxRootsPerSession: 3 } })
  const peer = await Peer.open(port)
  for (const root of [1, 2, 3]) await peer.mount(root, '/counter')
  expect(codeOf(await peer.ask('m4\n/counter', isError))).toBe('too_many_roots')
  peer.send('u2')
  await peer.mount(4, '/counter')
  peer.end()
  await end()
})

test('acknowledging what never was, or a root that is not there, does nothing', async () => {
  const { port, end } = await openScene()
  const peer = await Peer.open(port)
  await peer.mount(1, '/counter')
  for (const message of ['a99,1,1', 'a1,999,999', 'a1,1,999', 'a1,0,0', 'u99']) peer.send(message)
  expect(await peer.ask('c1,1,1,1\n0.onClick', (message) => message.startsWith('r'))).toBe('r1,2')
  peer.end()
  await end()
})

function ThrowsLater() {
  const [on, set] = useState(false)
  if (on) throw new Error('after mount')
  return <button onClick={() => set(true)}>go</button>
}

function EffectThrows() {
  useEffect(() => {
    throw new Error('in effect')
  }, [])
  return 'shown'
}

function CleanupThrows() {
  useEffect(
    () => () => {
      throw new Error('in cleanup')
    },
    [],
  )
  return 'shown'
}

class Caught extends Component<{ children: ReactNode }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? 'caught' : this.props.children
  }
}

const CaughtEffect = () => (
  <Caught>
    <EffectThrows />
  </Caught>
)

function Rejected(): Promise<never> {
  return Promise.reject(new Error('async'))
}

const failing = [
  route('/later', ThrowsLater),
  route('/effect', EffectThrows),
  route('/cleanup', CleanupThrows),
  route('/caught', CaughtEffect),
  route('/rejected', Rejected),
]

test('a component that throws ends its own root, and no other of the session', async () => {
  const { port, logged, end } = await openScene({ routes: failing })
  const peer = await Peer.open(port)
  await peer.mount(1, '/later')
  await peer.mount(2, '/counter')
  expect(codeOf(await peer.ask('c1,1,1,1\n0.onClick', isError))).toBe('root_failed')
  expect(codeOf(await peer.ask('m3\n/effect', isError))).toBe('root_failed')
  expect(codeOf(await peer.ask('m4\n/rejected', isError))).toBe('root_failed')
  const caught = (message: string) => message.startsWith('f5,') && message.includes('caught')
  await peer.ask('m5\n/caught', caught)
  expect(await peer.ask('c2,2,1,1\n0.onClick', (message) => message.startsWith('r2'))).toBe('r2,2')
  expect(logged).toEqual([
    'root_failed after mount',
    'root_failed in effect',
    'root_failed async',
    'boundary_caught in effect',
  ])
  peer.end()
  await end()
})

test('a cleanup that throws is heard of, and nothing else', async () => {
  const { port, logged, end } = await openScene({ routes: failing })
  const peer = await Peer.open(port)
  await peer.mount(1, '/cleanup')
  await peer.mount(2, '/counter')
  peer.send('u1')
  expect(await peer.ask('c1,2,1,1\n0.onClick', (message) => message.startsWith('r1'))).toBe('r1,2')
  expect(logged).toEqual(['root_failed in cleanup'])
  peer.end()
  await end()
})

test('a topic’s listener that throws, and a render that it causes to throw, harm nobody else', async () => {
  function Listener({ kind }: { kind: string }) {
    const [message, set] = useState('none')
    useTopic<string>('news', (news) => {
      if (kind === 'throws') throw new Error('listener')
      set(news)
    })
    if (kind === 'breaks' && message !== 'none') throw new Error('render')
    return message
  }
  const { port, server, logged, end } = await openScene({ routes: [route('/listen/:kind', Listener)] })
  const peer = await Peer.open(port)
  await peer.mount(1, '/listen/throws')
  await peer.mount(2, '/listen/breaks')
  await peer.mount(3, '/listen/well')
  server.publish('news', 'hello')
  await peer.next((message) => message.startsWith('f3,2') && message.includes('hello'))
  expect(codeOf(await peer.next(isError))).toBe('root_failed')
  expect(logged.sort()).toEqual(['listener_failed listener', 'root_failed render'])
  peer.end()
  await end()
})

test('an error listener that throws itself harms nobody', async () => {
  const spy = jest.spyOn(console, 'error').mockImplementation(() => {})
  const { port, end } = await openScene({
    routes: failing,
    onError: () => {
      throw new Error('even this')
    },
  })
  const peer = await Peer.open(port)
  expect(codeOf(await peer.ask('m1\n/effect', isError))).toBe('root_failed')
  expect(spy).toHaveBeenCalled()
  spy.mockRestore()
  peer.end()
  await end()
})

test('Liveroot’s hooks outside a live tree say so', async () => {
  const { renderToString } = await import('react-dom/server')
  function Outside() {
    usePublish()
    return null
  }
  const attempt = () => renderToString(<Outside />)
  expect(attempt).toThrow(LiverootError)
  expect(attempt).toThrow(expect.objectContaining({ code: 'outside_live_tree' }))
})

test('an unknown client module fails its root and names the module', async () => {
  const reference = Object.assign(() => null, {
    $$typeof: Symbol.for('react.client.reference'),
    $$id: 'missing/module#default',
    $$async: false,
  })
  const { port, logged, end } = await openScene({
    routes: [
      route('/missing', () => (
        <main>
          {[reference].map((Type) => (
            <Type key="1" />
          ))}
        </main>
      )),
    ],
  })
  const peer = await Peer.open(port)
  expect(codeOf(await peer.ask('m1\n/missing', isError))).toBe('root_failed')
  expect(logged.join()).toContain('missing/module#default')
  peer.end()
  await end()
})

test('a closing server tells its browsers to come back', async () => {
  const { port, server } = await openScene()
  const peer = await Peer.open(port)
  await server.close()
  expect(await peer.closing()).toEqual({ code: 1012, reason: 'server_closing', refusal: 'server_closing' })
})

describe('HTTP hooks', () => {
  const hooks = [
    httpHook('POST', '/hooks/json', async (request) => ({ got: await request.json() })),
    httpHook('POST', '/hooks/throws', () => {
      throw new Error('in hook')
    }),
  ]

  async function post(port: number, path: string, body: string | Uint8Array) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body: body as BodyInit,
    })
    return [response.status, await response.json()] as const
  }

  test('bad JSON, a body that is too large, and a handler that throws', async () => {
    const { port, logged, end } = await openScene({ httpHooks: hooks, limits: { maxHookBytes: 1_000 } })
    expect(await post(port, '/hooks/json', '{"a":1}')).toEqual([200, { got: { a: 1 } }])
    for (const bad of ['{"a":', '', 'nonsense', new Uint8Array([255, 254])]) {
      const [status, answer] = await post(port, '/hooks/json', bad)
      expect([status, answer.error.code]).toEqual([400, 'bad_json'])
    }
    const [status, answer] = await post(port, '/hooks/json', `"${'x'.repeat(1_100)}"`)
    expect([status, answer.error.code]).toEqual([413, 'body_too_large'])
    expect(logged).toEqual([])
    const [failed, why] = await post(port, '/hooks/throws', '{}')
    expect([failed, why.error]).toEqual([
      500,
      { code: 'hook_failed', digest: expect.any(String), message: 'in hook' },
    ])
    expect(logged).toEqual(['hook_failed in hook'])
    await end()
  })

  test('a body without an end is not read for ever', async () => {
    const { port, end } = await openScene({ httpHooks: hooks, limits: { maxHookBytes: 1_000 } })
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await sleep(1)
        sent += 4_000
        controller.enqueue(new Uint8Array(4_000))
        if (sent > 4_000_000) controller.close()
      },
    })
    const url = `http://127.0.0.1:${port}/hooks/json`
    const options = { method: 'POST', body, duplex: 'half' } as RequestInit
    const outcome = await fetch(url, options).then(
      ({ status }) => status,
      () => 'cut off',
    )
    expect([413, 'cut off']).toContain(outcome)
    expect(sent).toBeLessThan(1_000_000)
    await end()
  })
})
