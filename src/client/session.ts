import { LiverootError } from '../errors.ts'
import type { DownMessage, Message } from '../protocol/messages.ts'
import { captureArguments, encodeArguments, type PendingCall, PendingCalls } from './calls.ts'
import { Connection, type ReconnectOptions } from './connection.ts'
import { errorFrom } from './errors.ts'
import { decodePayload, PayloadStream } from './flight.ts'
import { ClientRoot, type RootHost } from './root.ts'
import type { Connect } from './transport.ts'

/** With nothing mounted for this long, the connection is closed. */
const idleMs = 5_000

/** This browser's live roots and calls, over one connection. */
export class ClientSession implements RootHost {
  readonly connection: Connection
  private readonly roots = new Map<number, ClientRoot>()
  private readonly calls = new PendingCalls()
  private readonly streams = new Map<number, PayloadStream>()
  private lastRoot = 0
  private sending: Promise<void> | null = null
  private idleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(connect: Connect, options: ReconnectOptions) {
    this.connection = new Connection(
      connect,
      {
        opened: () => this.opened(),
        message: (message) => this.receive(message),
        lost: () => this.lost(),
      },
      options,
    )
  }

  /** Mounts the route of a path. It stays mounted while it is retained. */
  mount(path: string): ClientRoot {
    clearTimeout(this.idleTimer)
    const root = new ClientRoot(this, ++this.lastRoot, path)
    this.roots.set(root.id, root)
    if (this.isOpen) this.sendMount(root)
    else this.connection.open()
    return root
  }

  unmount(root: ClientRoot): void {
    this.roots.delete(root.id)
    if (this.isOpen) this.connection.send({ type: 'unmount', root: root.id })
    if (this.roots.size > 0) return
    clearTimeout(this.idleTimer)
    this.idleTimer = setTimeout(() => this.close(), idleMs)
  }

  acknowledge(root: number, received: number, shown: number): void {
    if (this.isOpen) this.connection.send({ type: 'acknowledge', root, received, shown })
  }

  async call(root: ClientRoot, target: string, args: unknown[]): Promise<unknown> {
    const captured = captureArguments(args)
    if (!this.isOpen || target === '') throw new LiverootError('connection_lost')
    const dot = target.indexOf('.')
    const slot = Number(target.slice(0, dot))
    const head = { type: 'call', root: root.id, seen: root.seen(slot), slot } as const
    const path = target.slice(dot + 1)
    const { call, answer } = this.calls.add(root)
    const send = (body: string) => this.connection.send({ ...head, call, body })
    if (captured.length === 0 && this.sending === null) send(path)
    else this.sendInOrder(call, captured, (encoded) => send(`${path}\n${encoded}`))
    return answer
  }

  /** Calls leave in the order in which they were made, though arguments may take time to encode. */
  private sendInOrder(call: number, args: unknown[], send: (encoded: string) => void): void {
    const encoded = encodeArguments(args)
    encoded.catch(() => {})
    const mine: Promise<void> = (this.sending ?? Promise.resolve())
      .then(async () => send(await encoded))
      .catch((error: unknown) => this.calls.take(call)?.reject(error))
      .then(() => {
        if (this.sending === mine) this.sending = null
      })
    this.sending = mine
  }

  close(): void {
    clearTimeout(this.idleTimer)
    this.connection.close()
    this.lost()
  }

  get calling(): boolean {
    return this.calls.size > 0
  }

  private get isOpen(): boolean {
    return this.connection.status.state === 'open'
  }

  private opened(): void {
    for (const root of this.roots.values()) this.sendMount(root)
  }

  private sendMount(root: ClientRoot): void {
    this.connection.send({ type: 'mount', root: root.id, body: root.path })
  }

  private lost(): void {
    this.calls.rejectAll()
    const error = new LiverootError('connection_lost')
    for (const stream of this.streams.values()) stream.fail(error)
    this.streams.clear()
    for (const root of this.roots.values()) root.restart()
  }

  private receive(message: DownMessage): void {
    switch (message.type) {
      case 'frame':
        this.roots.get(message.root)?.receive(message.sequence, this.open(message.stream, message.body))
        return
      case 'chunk':
        return this.streams.get(message.stream)?.push(message.body)
      case 'end':
        this.streams.get(message.stream)?.end()
        this.streams.delete(message.stream)
        return
      case 'rootError':
        return this.roots.get(message.root)?.fail(errorFrom(message.body))
      case 'result':
        return this.answer(message)
      case 'callError':
        return this.settleCall(message.call, message.sequence, (call) => call.reject(errorFrom(message.body)))
    }
  }

  /** The payload of a message; registered where more of it is to come. */
  private open(stream: number | undefined, body: Message<'chunk'>['body']): PayloadStream {
    const payload = new PayloadStream()
    payload.push(body)
    if (stream === undefined) payload.end()
    else this.streams.set(stream, payload)
    return payload
  }

  private answer({ call, sequence, stream, body }: Message<'result'>): void {
    if (body === undefined) return this.settleCall(call, sequence, (pending) => pending.resolve(undefined))
    const payload = this.open(stream, body)
    const result = decodePayload(payload)
    this.settleCall(call, sequence, (pending) => pending.resolve(result))
  }

  /** Not before the effects of the call are on screen, so that what is shown meanwhile never flickers. */
  private settleCall(call: number, sequence: number, settle: (pending: PendingCall) => void): void {
    const pending = this.calls.take(call)
    if (pending === undefined) return
    pending.root.whenShown(sequence, () => settle(pending))
  }
}
