import { isValidElement } from 'react'
import { LiverootError } from '../errors.ts'
import type { Body } from '../protocol/messages.ts'
import { errorFrom } from './errors.ts'
import { decodePayload, wholePayload } from './flight.ts'
import { mapContent } from './map-content.ts'

/** Values that the server may send ahead of the reader. */
const windowSize = 8

/** What streams ask of their session. */
export interface ItemStreamHost {
  pull(stream: number, count: number): void
  cancel(stream: number): void
}

/** The streams in results of calls: each gives its values as fast as its reader takes them. */
export class ItemStreams {
  private readonly open = new Map<number, ItemStream>()
  /** What nobody can read any more need not be produced. */
  private readonly forgotten = new FinalizationRegistry<number>((id) => this.cancel(id))

  constructor(private readonly host: ItemStreamHost) {}

  /** Puts the streams of a result where their markers stand. */
  revive(result: unknown): unknown {
    return mapContent(result, (node) => {
      if (!isValidElement(node) || node.type !== '') return node
      const [id, kind] = node.props as readonly [number, string]
      return kind === 'readable' ? this.readable(id) : this.iterable(id)
    })
  }

  private start(id: number): ItemStream {
    const stream = new ItemStream(id, this.host, () => this.open.delete(id))
    this.open.set(id, stream)
    return stream
  }

  private iterable(id: number): AsyncIterableIterator<unknown> {
    const stream = this.start(id)
    const iterator: AsyncIterableIterator<unknown> = {
      next: () => stream.next(),
      return: async () => {
        stream.cancel()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    this.forgotten.register(iterator, id)
    return iterator
  }

  private readable(id: number): ReadableStream<unknown> {
    const stream = this.start(id)
    const readable = new ReadableStream<unknown>(
      {
        pull: async (controller) => {
          const { done, value } = await stream.next()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: () => stream.cancel(),
      },
      { highWaterMark: 0 },
    )
    this.forgotten.register(readable, id)
    return readable
  }

  private cancel(id: number): void {
    this.open.get(id)?.cancel()
  }

  item(id: number, body: Body): void {
    this.open.get(id)?.receive(decodePayload(wholePayload(body)))
  }

  done(id: number, body: Body | undefined): void {
    this.open.get(id)?.end(body === undefined ? undefined : { error: errorFrom(body) })
  }

  /** The server has lost what was on the way. */
  lost(): void {
    const error = new LiverootError('connection_lost')
    for (const stream of [...this.open.values()]) stream.end({ error })
  }
}

interface Waiting {
  resolve(result: IteratorResult<unknown>): void
  reject(error: unknown): void
}

class ItemStream {
  private items: PromiseLike<unknown>[] = []
  private readonly readers: Waiting[] = []
  /** Values that were asked for and have not come. */
  private demanded = 0
  private ended: { readonly error?: unknown } | null = null

  constructor(
    private readonly id: number,
    private readonly host: ItemStreamHost,
    private readonly close: () => void,
  ) {}

  next(): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => {
      this.readers.push({ resolve, reject })
      this.demand()
      this.serve()
    })
  }

  /** Asks for more when half of the window is used, so that not every value costs a message up. */
  private demand(): void {
    const wanted = windowSize - this.demanded - this.items.length
    if (this.ended !== null || wanted < windowSize / 2) return
    this.demanded += wanted
    this.host.pull(this.id, wanted)
  }

  receive(item: PromiseLike<unknown>): void {
    this.demanded--
    this.items.push(item)
    this.serve()
  }

  private serve(): void {
    while (this.readers.length > 0 && this.items.length > 0) {
      const { resolve, reject } = this.readers.shift() as Waiting
      ;(this.items.shift() as PromiseLike<unknown>).then((value) => resolve({ done: false, value }), reject)
    }
    if (this.ended === null || this.items.length > 0) return
    for (const { resolve, reject } of this.readers.splice(0)) {
      if ('error' in this.ended) reject(this.ended.error)
      else resolve({ done: true, value: undefined })
      // As with any iterator, the error is told once.
      this.ended = {}
    }
  }

  end(failure: { readonly error: unknown } | undefined): void {
    if (this.ended !== null) return
    this.ended = failure ?? {}
    this.close()
    this.serve()
  }

  cancel(): void {
    if (this.ended !== null) return
    this.items = []
    this.host.cancel(this.id)
    this.end(undefined)
  }
}
