import { LiverootError } from '../errors.ts'
import type { StandardSchema } from '../live/checked.ts'
import type { Publish } from '../live/hooks.ts'
import { Publishes } from './publishes.ts'
import type { DeadLetterReason, Delivery, Queue, RunningSource, Source, SourceHost } from './source.ts'

/** What the handler of a queue gets beside the body. */
export interface DeliveryContext {
  /** Publishes to a topic of the live server. The delivery is acknowledged after the bus has taken it. */
  readonly publish: Publish
  /** What the engine calls the message. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  /** 1 at first. A message may come twice all the same: when a server dies between its effect and the acknowledgement. */
  readonly attempt: number
  /** Aborted when nobody waits for the handler any longer: after `handlerTimeoutMs`, or because the server shuts down. */
  readonly signal: AbortSignal
}

/** Handles a delivery. What it returns is ignored; when it throws, the delivery is tried again. */
export type DeliveryHandler<T> = (body: T, context: DeliveryContext) => unknown

/** Makes a body of bytes. What it throws is `bad_delivery`. */
export type BodyParser<T> = (
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
) => T | PromiseLike<T>

/** How often and how soon a failed delivery is tried again. */
export interface RetryOptions {
  /** Attempts in all; the last failure sends the message to the dead letters. 5. */
  readonly attempts: number
  /** Between the first attempt and the second; doubled for each one after. 1,000. */
  readonly firstDelayMs: number
  /** At most that long. 60,000. */
  readonly maxDelayMs: number
}

/** How failed deliveries are tried again where the application does not say. */
export const defaultRetry: RetryOptions = { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 60_000 }

/** What {@link source} takes beside the queue and the handler. */
export interface SourceOptions<T> {
  /**
   * What the body is: a Standard Schema that the JSON of the body must fit (its output reaches the handler), or a
   * function from bytes. JSON as it is by default.
   */
  readonly body?: StandardSchema<unknown, T> | BodyParser<T>
  /** What differs from {@link defaultRetry}. */
  readonly retry?: Partial<RetryOptions>
  /**
   * A handler that takes longer has failed (`delivery_failed`), and its `signal` is aborted; the message is tried again
   * though the handler may still run. `Infinity` waits for ever, and holds up the source with it. 600,000, ten minutes.
   */
  readonly handlerTimeoutMs?: number
}

const defaultHandlerTimeoutMs = 600_000
/** What a timer can wait. */
const longestTimeoutMs = 2_147_483_647

/**
 * Makes a trigger of a queue: `source(rabbitmq({ url, queue: 'orders' }), handler)`.
 *
 * A delivery is acknowledged after the handler has ended and the bus has taken all that it published. A handler that throws
 * is run again with backoff, then the message goes to the dead-letter place of its engine. A body that cannot be taken goes
 * there at once, and so does a message whose handler throws `new LiverootError('bad_delivery', why)`.
 * Delivery is at least once: a handler must bear to see a message twice.
 *
 * @param queue what an adapter made: `rabbitmq()`, `jetstream()`, `redisStream()`, `postgresQueue()`.
 * @param handler gets the body and the context.
 * @param options how to read the body, and when to try again.
 * @returns the source, for `createLiveServer({ sources })`.
 */
export function source<T = unknown>(
  queue: Queue,
  handler: DeliveryHandler<T>,
  options: SourceOptions<T> = {},
): Source {
  const retry = { ...defaultRetry, ...options.retry }
  const parse = parserOf(options.body)
  const timeoutMs = options.handlerTimeoutMs ?? defaultHandlerTimeoutMs
  return {
    name: queue.name,
    prepare: () => queue.prepare?.(),
    start: (host) => new RunningQueueSource(queue, { handler, parse, retry, timeoutMs, host }),
  }
}

interface Work<T> {
  readonly handler: DeliveryHandler<T>
  readonly parse: BodyParser<T>
  readonly retry: RetryOptions
  readonly timeoutMs: number
  readonly host: SourceHost
}

class RunningQueueSource<T> implements RunningSource {
  /**
   * What ends the handlers that run. An `AbortSignal.any` for each would stay with the signal of all of them for ever, in
   * Node 20.
   */
  private readonly ends = new Set<AbortController>()
  /** Why handlers are not waited for any longer. */
  private closing: LiverootError | null = null
  private readonly running

  constructor(
    private readonly queue: Queue,
    private readonly work: Work<T>,
  ) {
    this.running = queue.start({
      deliver: async (delivery) => {
        const settle = await this.handle(delivery)
        await settle()
      },
      lost: (error) => this.failed(error, 'source_lost'),
    })
  }

  async stop(giveUp: AbortSignal): Promise<void> {
    const abort = () => {
      this.closing = new LiverootError('server_closing')
      for (const end of this.ends) end.abort(this.closing)
    }
    if (giveUp.aborted) abort()
    giveUp.addEventListener('abort', abort)
    await this.running.stop(giveUp)
    giveUp.removeEventListener('abort', abort)
  }

  /** Runs the handler; what is returned settles the delivery. */
  private async handle(delivery: Delivery): Promise<() => Promise<void>> {
    const { parse, host, retry } = this.work
    let body: T
    try {
      body = await parse(delivery.body, delivery.headers)
    } catch (error) {
      return this.refuse(delivery, error)
    }
    const publishes = new Publishes(host.publish)
    const { id, headers, attempt } = delivery
    try {
      await this.run(body, { publish: publishes.publish, id, headers, attempt })
      await publishes.done()
      return () => delivery.ack()
    } catch (error) {
      if (error instanceof LiverootError && error.code === 'bad_delivery') return this.refuse(delivery, error)
      this.failed(error, 'delivery_failed')
      if (attempt < retry.attempts) return () => delivery.retry(retryDelayMs(attempt, retry))
      return () => delivery.deadLetter(reasonOf('delivery_failed', error))
    }
  }

  /** Ends with the handler, or when it takes too long. */
  private async run(body: T, context: Omit<DeliveryContext, 'signal'>): Promise<void> {
    const { handler, timeoutMs } = this.work
    const end = new AbortController()
    if (this.closing !== null) end.abort(this.closing)
    this.ends.add(end)
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<never>((_resolve, reject) => {
      if (timeoutMs > longestTimeoutMs) return
      timer = setTimeout(() => {
        const error = new LiverootError('delivery_failed', `The handler took longer than ${timeoutMs} ms.`)
        reject(error)
        end.abort(error)
      }, timeoutMs)
      timer.unref()
    })
    try {
      await Promise.race([handler(body, { ...context, signal: end.signal }), tooLate])
    } finally {
      this.ends.delete(end)
      clearTimeout(timer)
    }
  }

  private refuse(delivery: Delivery, error: unknown): () => Promise<void> {
    this.failed(error, 'bad_delivery')
    return () => delivery.deadLetter(reasonOf('bad_delivery', error))
  }

  private failed(error: unknown, code: 'bad_delivery' | 'delivery_failed' | 'source_lost'): void {
    this.work.host.failed(error, code, this.queue.name)
  }
}

/** After so many failed attempts. The delays are few and the same for all messages: some engines keep a queue for each. */
export function retryDelayMs(attempt: number, { firstDelayMs, maxDelayMs }: RetryOptions): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1))
}

function reasonOf(code: string, error: unknown): DeadLetterReason {
  return { code, message: error instanceof Error ? error.message : String(error) }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function parserOf<T>(body: SourceOptions<T>['body']): BodyParser<T> {
  if (body === undefined) return (bytes) => parseJson(bytes) as T
  if (!('~standard' in body)) return body
  const { validate } = body['~standard']
  return async (bytes) => {
    const result = await validate(parseJson(bytes))
    if (result.issues === undefined) return result.value
    const text = result.issues.map((issue) => issue.message).join('; ')
    throw new LiverootError('bad_delivery', text, { details: result.issues })
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new LiverootError('bad_delivery', 'The body is not JSON.', { cause })
  }
}
