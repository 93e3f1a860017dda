import { randomBytes } from 'node:crypto'
import { LiverootError } from '../errors.ts'
import type { EngineBusOptions, Link } from './engine-bus.ts'

/** A body without what the publisher put before the text. */
export interface FromPublisher {
  readonly text: string
  /** Empty where the message is not one of Liveroot's. */
  readonly publisher: string
  /** Counts the messages of one publisher. */
  readonly serial: number
  /** When it was published, in seconds; 0 where that is not known. */
  readonly at: number
}

/** Reads the body of a message. */
export function fromPublisher(body: string): FromPublisher {
  const match = /^([\w-]{12})\.([0-9a-z]{1,11})\.([0-9a-z]{1,8}) /.exec(body)
  if (match === null) return { text: body, publisher: '', serial: 0, at: 0 }
  const [{ length }, publisher, serial, at] = match as unknown as [string, string, string, string]
  return {
    text: body.slice(length),
    publisher,
    serial: Number.parseInt(serial, 36),
    at: Number.parseInt(at, 36),
  }
}

interface Pending {
  readonly topic: string
  readonly body: string
  readonly history: number
  resolve(): void
  reject(error: unknown): void
}

/**
 * Messages that the engine has not taken yet, in order. When a link is lost they are all sent again over the next one;
 * the serial in front of each lets subscribers pass over what had arrived after all.
 */
export class PublishQueue {
  private readonly publisher = randomBytes(9).toString('base64url')
  private lastSerial = 0
  private readonly pending = new Map<number, Pending>()
  private bytes = 0
  private link: Link | null = null
  private lose: (error: unknown) => void = () => {}
  private whenEmpty: (() => void)[] = []
  private closed = false

  constructor(
    private readonly limits: Required<Pick<EngineBusOptions, 'maxBufferedMessages' | 'maxBufferedBytes'>>,
    private readonly history: (topic: string) => number,
  ) {}

  publish(topic: string, text: string): Promise<void> {
    const { maxBufferedMessages, maxBufferedBytes } = this.limits
    if (this.closed) return Promise.reject(new LiverootError('bus_closed'))
    if (this.pending.size >= maxBufferedMessages || this.bytes + 2 * text.length > maxBufferedBytes)
      return Promise.reject(new LiverootError('bus_buffer_full'))
    const serial = ++this.lastSerial
    const at = Math.floor(Date.now() / 1_000)
    const body = `${this.publisher}.${serial.toString(36)}.${at.toString(36)} ${text}`
    return new Promise((resolve, reject) => {
      const message = { topic, body, history: this.history(topic), resolve, reject }
      this.pending.set(serial, message)
      this.bytes += 2 * body.length
      if (this.link !== null) this.send(serial, message, this.link)
    })
  }

  open(link: Link, lose: (error: unknown) => void): void {
    this.link = link
    this.lose = lose
    for (const [serial, message] of this.pending) this.send(serial, message, link)
  }

  /** The link is gone. */
  hold(): void {
    this.link = null
  }

  private send(serial: number, message: Pending, link: Link): void {
    link.publish(message.topic, message.body, message.history).then(
      () => this.settle(serial, message.resolve),
      (cause: unknown) => {
        if (link.refused(cause)) this.settle(serial, () => message.reject(refusal(cause)))
        else if (this.link === link) this.lose(cause)
      },
    )
  }

  private settle(serial: number, tell: () => void): void {
    const message = this.pending.get(serial)
    if (message === undefined) return
    this.pending.delete(serial)
    this.bytes -= 2 * message.body.length
    tell()
    if (this.pending.size === 0) for (const callback of this.whenEmpty.splice(0)) callback()
  }

  /** Resolves when the engine has everything. */
  empty(): Promise<void> {
    if (this.pending.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.whenEmpty.push(resolve))
  }

  close(): void {
    this.closed = true
    this.link = null
    for (const [serial, message] of this.pending)
      this.settle(serial, () => message.reject(new LiverootError('bus_closed')))
  }
}

function refusal(cause: unknown): unknown {
  if (cause instanceof LiverootError) return cause
  const message = `The engine refused the message: ${(cause as Error | null)?.message ?? cause}`
  return new LiverootError('publish_failed', message, { cause })
}
