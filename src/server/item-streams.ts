import { LiverootError } from '../errors.ts'
import { marker } from './flight/model.ts'

/** What the streams of a session's results need of it. */
export interface ItemStreamHost {
  readonly maxStreams: number
  /** Sends one value; resolves when it is on its way. */
  sendItem(stream: number, value: unknown): Promise<void>
  /** The stream has ended, or failed. */
  sendDone(stream: number, error?: { readonly error: unknown }): void
}

/** How a stream of values travels: as what it was. */
export type StreamKind = 'iterable' | 'readable'

/**
 * Async iterables and ReadableStreams in the results of calls. Each is a numbered stream, of which the browser pulls as
 * many values as it wants: React's own writer would take all there are, and its reader would keep them.
 */
export class ItemStreams {
  private readonly open = new Map<number, ItemStream>()
  private last = 0

  constructor(private readonly host: ItemStreamHost) {}

  /**
   * Replaces every stream in a result by a marker.
   *
   * @param whenEnded called when the last of them has ended; at once where there is none.
   * @throws `too_many_streams`; then they are all stopped.
   */
  detach(result: unknown, whenEnded: () => void): unknown {
    const sources: StreamSource[] = []
    const detached = replaceStreams(result, (source) => {
      sources.push(source)
      return marker(null, [this.last + sources.length, source.kind])
    })
    if (this.open.size + sources.length > this.host.maxStreams) {
      for (const { iterator } of sources) stop(iterator)
      whenEnded()
      throw new LiverootError('too_many_streams')
    }
    let running = sources.length
    for (const { iterator } of sources) {
      const id = ++this.last
      const ended = () => {
        this.open.delete(id)
        if (--running === 0) whenEnded()
      }
      this.open.set(id, new ItemStream(id, iterator, this.host, ended))
    }
    if (running === 0) whenEnded()
    return detached
  }

  /** True while none is open. */
  get idle(): boolean {
    return this.open.size === 0
  }

  /** The browser wants that many more values. One that has ended meanwhile is not known any more. */
  pull(stream: number, count: number): void {
    this.open.get(stream)?.pull(count)
  }

  /** The browser wants no more. */
  cancel(stream: number): void {
    this.open.get(stream)?.cancel()
  }

  close(): void {
    for (const stream of [...this.open.values()]) stream.cancel()
  }
}

/** The browser's window is far smaller; past this a number is no demand but an attack. */
const largestDemand = 1_000

class ItemStream {
  private demand = 0
  private pumping = false
  private closed = false

  constructor(
    private readonly id: number,
    private readonly iterator: AsyncIterator<unknown>,
    private readonly host: ItemStreamHost,
    private readonly ended: () => void,
  ) {}

  pull(count: number): void {
    this.demand = Math.min(this.demand + count, largestDemand)
    void this.pump()
  }

  private async pump(): Promise<void> {
    if (this.pumping) return
    this.pumping = true
    try {
      while (this.demand > 0 && !this.closed) await this.step()
    } catch (error) {
      if (!this.closed) this.finish({ error })
    } finally {
      this.pumping = false
    }
  }

  private async step(): Promise<void> {
    this.demand--
    const { done, value } = await this.iterator.next()
    if (this.closed) return
    if (done) return this.finish()
    try {
      await this.host.sendItem(this.id, value)
    } catch (error) {
      stop(this.iterator)
      throw error
    }
  }

  private finish(error?: { readonly error: unknown }): void {
    this.close()
    this.host.sendDone(this.id, error)
  }

  cancel(): void {
    if (this.closed) return
    this.close()
    stop(this.iterator)
  }

  private close(): void {
    this.closed = true
    this.ended()
  }
}

interface StreamSource {
  readonly kind: StreamKind
  readonly iterator: AsyncIterator<unknown>
}

/** A generator that is waiting stops when what it waits for comes; nobody waits for that here. */
function stop(iterator: AsyncIterator<unknown>): void {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {})
  } catch {}
}

function sourceOf(value: object): StreamSource | undefined {
  if (value instanceof ReadableStream) return { kind: 'readable', iterator: value.values() }
  // A Blob is not one of these, nor is a Node stream: React carries the first, and nobody the second.
  const iterate = (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator]
  return typeof iterate === 'function' ? { kind: 'iterable', iterator: iterate.call(value) } : undefined
}

/** A copy of a result with its streams replaced; the very result where it has none. */
function replaceStreams(result: unknown, replace: (source: StreamSource) => unknown): unknown {
  const seen = new Set<object>()
  const visit = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null || seen.has(node)) return node
    const source = sourceOf(node)
    if (source !== undefined) return replace(source)
    seen.add(node)
    if (Array.isArray(node)) return copyIfChanged(node, node.map(visit))
    if (Object.getPrototypeOf(node) !== Object.prototype || '$$typeof' in node) return node
    const fields = Object.entries(node)
    const values = fields.map(([, value]) => visit(value))
    if (values.every((value, i) => Object.is(value, fields[i]?.[1]))) return node
    return Object.fromEntries(fields.map(([name], i) => [name, values[i]]))
  }
  return visit(result)
}

function copyIfChanged(items: readonly unknown[], copy: readonly unknown[]): readonly unknown[] {
  return copy.every((item, i) => Object.is(item, items[i])) ? items : copy
}
