import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { subprotocol } from '../../src/protocol/messages.ts'
import { describeWithBroker } from '../support/brokers.ts'
import { until } from '../support/until.ts'

const leaseMs = 1_500

/** A viewer that speaks the protocol by hand. */
class Peer {
  readonly down: string[] = []
  private calls = 0

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.down.push(String(data)))
  }

  static async open(port: number): Promise<Peer> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, subprotocol, {
      headers: { origin: `http://127.0.0.1:${port}` },
    })
    const peer = new Peer(socket)
    await once(socket, 'open')
    socket.send('h2')
    socket.send('m1\n/')
    await until(() => peer.pictures === 1)
    return peer
  }

  get frames(): string[] {
    return this.down.filter((message) => /^f\d{7,},/.test(message))
  }

  get pictures(): number {
    return this.frames.filter((frame) => frame.includes('[[-2,')).length
  }

  /** What the newest frame shows: the last number in it. */
  get count(): number {
    return Number(/(\d+)\D*$/.exec(this.frames.at(-1)?.replace(/,null,null,\d+\]\]\]\n?$/, '') ?? '')?.[1])
  }

  press(): void {
    const [, root, sequence] = /^f(\d+),(\d+)/.exec(this.frames.at(-1) ?? '') ?? []
    this.socket.send(`c${++this.calls},${root},${sequence},1\n0.onClick`)
  }

  close(): void {
    this.socket.terminate()
  }
}

describeWithBroker('redis', 'shared components, with a server that is killed', (url) => {
  const children: ChildProcess[] = []

  async function start(prefix: string): Promise<{ child: ChildProcess; port: number }> {
    const script = ['--import', 'tsx', 'tests/brokers/shared-server.tsx', url, prefix, String(leaseMs)]
    const child = spawn(process.execPath, ['--conditions', 'liveroot-source', ...script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const [port] = await once(child.stdout as NodeJS.ReadableStream, 'data')
    return { child, port: Number(port) }
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  afterEach(() => Promise.all(children.splice(0).map(kill)))

  test('one state for the viewers of two servers; when the owner is killed with `kill -9`, the other goes on with it', async () => {
    const prefix = `t${Math.random().toString(36).slice(2)}`
    const first = await start(prefix)
    const a = await Peer.open(first.port)
    const second = await start(prefix)
    const b = await Peer.open(second.port)
    b.press()
    await until(
      () => a.count === 1 && b.count === 1,
      () => `${a.down}\n${b.down}`,
    )
    a.press()
    b.press()
    await until(
      () => a.count === 3 && b.count === 3,
      () => `${a.down}\n${b.down}`,
    )
    await kill(first.child)
    const killedAt = performance.now()
    await until(
      () => b.pictures === 2,
      () => String(b.down),
    )
    const tookMs = performance.now() - killedAt
    expect(b.count).toBe(3)
    b.press()
    await until(
      () => b.count === 4,
      () => String(b.down),
    )
    // Who comes on a third server joins the new owner.
    const third = await start(prefix)
    const c = await Peer.open(third.port)
    expect(c.count).toBe(4)
    c.press()
    await until(
      () => b.count === 5 && c.count === 5,
      () => `${b.down}\n${c.down}`,
    )
    for (const peer of [a, b, c]) peer.close()
    process.stderr.write(
      `A shared component went on ${Math.round(tookMs)} ms after a kill (lease ${leaseMs} ms).\n`,
    )
  }, 180_000)
})
