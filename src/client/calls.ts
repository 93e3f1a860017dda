import { encodeReply } from 'react-server-dom-webpack/client.browser'
import { LiverootError } from '../errors.ts'
import { isEvent, preventNavigation, serializeEvent } from './events.ts'
import type { ClientRoot } from './root.ts'

/** A call that was made and not answered. */
export interface PendingCall {
  /** The root whose screen the call's effects appear on. */
  readonly root: ClientRoot
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** The calls that have no answer yet. */
export class PendingCalls {
  private readonly pending = new Map<number, PendingCall>()
  private last = 0

  add(root: ClientRoot): { call: number; answer: Promise<unknown> } {
    const call = ++this.last
    const answer = new Promise<unknown>((resolve, reject) =>
      this.pending.set(call, { root, resolve, reject }),
    )
    return { call, answer }
  }

  get size(): number {
    return this.pending.size
  }

  /** Takes a call that is being answered, or undefined where it is not known (any more). */
  take(call: number): PendingCall | undefined {
    const found = this.pending.get(call)
    this.pending.delete(call)
    return found
  }

  /** The connection is lost, and with it the answers. */
  rejectAll(): void {
    for (const call of [...this.pending.keys()]) this.take(call)?.reject(new LiverootError('connection_lost'))
  }
}

/** Events must be read while they are being dispatched: the browser clears and reuses them. */
export function captureArguments(args: readonly unknown[]): unknown[] {
  return args.map((arg) => {
    if (!isEvent(arg)) return arg
    preventNavigation(arg)
    return serializeEvent(arg)
  })
}

/** The arguments of a call as text: React's reply format, whose parts, where it has several, make one JSON object. */
export async function encodeArguments(args: readonly unknown[]): Promise<string> {
  const reply = await encodeReply(args)
  if (typeof reply === 'string') return reply
  const parts: Record<string, string> = {}
  for (const [name, value] of reply) {
    if (typeof value !== 'string') {
      throw new LiverootError('bad_arguments', 'Files cannot be passed to a function of the server yet.')
    }
    parts[name] = value
  }
  return JSON.stringify(parts)
}
