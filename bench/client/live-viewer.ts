import type { WebSocket } from 'ws'
import { serializeEvent } from '../../src/client/events.ts'
import { decodeDown, encode } from '../../src/protocol/codec.ts'
import {
  type DownMessage,
  type Message,
  protocolVersion,
  type UpMessage,
} from '../../src/protocol/messages.ts'
import type { Tally } from './tally.ts'
import { closeSocket, type Viewer } from './viewer.ts'

/** The arguments of a click as the browser's client sends them: one event. */
function clickArguments(path: string): string {
  const nativeEvent = { clientX: 412, clientY: 236, offsetX: 41, offsetY: 12 } as MouseEvent
  const nothing = { target: null, currentTarget: null, preventDefault() {}, stopPropagation() {} }
  return JSON.stringify([serializeEvent({ type: 'click', nativeEvent, ...nothing }, { path })])
}

interface MountedRoot {
  shown: number
  /** The first function of the tree: its slot and path. */
  target: { readonly slot: number; readonly path: string } | undefined
  mounted: () => void
}

/** Speaks Liveroot's protocol as its browser client does, and acknowledges every frame as received and shown. */
export class LiveViewer implements Viewer {
  private readonly roots = new Map<number, MountedRoot>()
  private calls = 0
  private answered: (() => void) | undefined
  private welcomed: (() => void) | undefined
  private fenced: (() => void) | undefined

  constructor(
    private readonly socket: WebSocket,
    private readonly tally: Tally,
  ) {
    socket.on('message', (data: Buffer, isBinary) => {
      this.receive(decodeDown(isBinary ? data : data.toString()), data.length)
    })
  }

  greet(): Promise<void> {
    this.send({ type: 'hello', version: protocolVersion })
    return new Promise((resolve) => {
      this.welcomed = resolve
    })
  }

  mount(root: number): Promise<void> {
    this.send({ type: 'mount', root, body: '/bench' })
    return new Promise((resolve) => this.roots.set(root, { shown: 0, target: undefined, mounted: resolve }))
  }

  unmount(root: number): void {
    this.roots.delete(root)
    this.send({ type: 'unmount', root })
  }

  async click(root: number, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const { shown: seen, target } = this.roots.get(root) as MountedRoot
      if (target === undefined) throw new Error('There is nothing to click on.')
      const { slot, path } = target
      const body = `${path}\n${clickArguments(path)}`
      this.send({ type: 'call', call: ++this.calls, root, seen, slot, body })
      await new Promise<void>((resolve) => {
        this.answered = resolve
      })
    }
  }

  fence(): Promise<void> {
    this.send({ type: 'ping' })
    return new Promise((resolve) => {
      this.fenced = resolve
    })
  }

  close(): Promise<void> {
    return closeSocket(this.socket)
  }

  private send(message: UpMessage): void {
    this.socket.send(encode(message))
  }

  private receive(message: DownMessage | null, bytes: number): void {
    switch (message?.type) {
      case 'welcome':
        return this.welcomed?.()
      case 'frame':
        return this.frame(message, bytes)
      case 'result':
        this.tally.result(bytes)
        return this.answered?.()
      case 'pong':
        // Asked for by the measurement itself, so not counted.
        return this.fenced?.()
      case 'receipt':
        return
      default:
        throw new Error(`A viewer received ${JSON.stringify(message)}`)
    }
  }

  private frame({ root: id, sequence, body }: Message<'frame'>, bytes: number): void {
    const root = this.roots.get(id)
    if (root === undefined) return
    this.send({ type: 'acknowledge', root: id, received: sequence, shown: sequence })
    root.shown = sequence
    if (sequence > 1) return this.tally.update(bytes)
    root.target = firstFunction(String(body))
    root.mounted()
  }
}

/** The first function of a payload: an element of no type, with a path. */
export function firstFunction(payload: string): MountedRoot['target'] {
  const row = payload.split('\n').find((each) => each.startsWith('0:'))
  const writes = JSON.parse(row?.slice(2) ?? '[]') as [number, ...unknown[]][]
  for (const [slot, ...content] of writes) {
    const path = /\["\$","",null,\["([^"]+)"\]/.exec(JSON.stringify(content))?.[1]
    if (path !== undefined) return { slot, path }
  }
  return undefined
}
