import { LiverootError } from '../errors.ts'
import { callFor } from '../live/caller.ts'
import { scheduleFlush } from '../live/flush-queue.ts'
import { ReceivedArgument } from '../live/live-argument.ts'
import type { LiveSession } from '../live/session.ts'
import { TreeState } from '../live/tree-state.ts'
import type { Batch } from '../live/writes.ts'
import type { Body } from '../protocol/messages.ts'
import { isNewest } from '../protocol/newest-render.ts'
import { type ArgumentHost, decodeArguments } from './arguments.ts'
import { describeError, refusalOf } from './errors-out.ts'
import { addModules } from './listed-functions.ts'
import { reviveEvents } from './live-event.ts'
import type { ServerFunction } from './server-functions.ts'
import type { SharedFrame } from './shared-frame.ts'
import type {
  FollowerMessage,
  ForwardedCall,
  FrameNews,
  InnerRow,
  StateNews,
  StateRow,
} from './shared-messages.ts'
import type { SharedSeat } from './shared-seat.ts'
import type { SharedState } from './shared-state.ts'
import { SharedTree, type TreeRelay } from './shared-tree.ts'
import { encodeSlot } from './snapshot.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/** State of more characters is told less often than it changes. */
const largeState = 65_536
const largeStateDelayMs = 500

/** The tree of a shared root on the server that owns it, for the servers that follow. */
export class OwnedTree implements TreeRelay {
  readonly shared: SharedTree
  private readonly treeState: TreeState
  /** The servers that follow, with the oldest frame that their viewers may show. */
  private readonly followers = new Map<string, number>()
  private readonly modules = new Set<string>()
  private toldInner = ''
  private stateTimer: NodeJS.Timeout | undefined
  private stateToldAt = 0
  private stateTooLarge = false
  private order: Promise<unknown> = Promise.resolve()
  private stopped = false

  /** @param state what is known of the tree of an owner that has died; its own from now on. */
  constructor(
    private readonly seat: SharedSeat,
    private readonly state: SharedState,
  ) {
    const { root } = seat
    const keeper = {
      changed: () => scheduleFlush(this.shared),
      restoreFailed: (component: string | null, error: unknown) => {
        describeError(error, 'restore_failed', this.host.onError, {
          route: `${root.name} ${component ?? ''}`.trim(),
        })
      },
    }
    const { sequence } = root
    // A picture's number is greater than the one before by more than 1.
    this.treeState = new TreeState(keeper, state.slots(), sequence === 0 ? 0 : sequence + 1)
    this.shared = new SharedTree(root, this.treeState)
    this.shared.relay = this
  }

  private get host() {
    return this.seat.root.registry.host
  }

  get isFollowed(): boolean {
    return this.followers.size > 0
  }

  get follows(): boolean {
    return this.isFollowed
  }

  oldestShown(newest: number): number {
    return Math.min(newest, ...this.followers.values())
  }

  receive(message: FollowerMessage & { readonly from: string }, body: Body): void {
    const { from } = message
    if (message.type === 'join') this.join(from, message.state)
    else if (message.type === 'leave') this.forget(from)
    else if (message.type === 'call') this.run(message, String(body))
    else if (message.type === 'shown' && this.followers.has(from)) this.followers.set(from, message.sequence)
  }

  private join(server: string, wantsState: boolean): void {
    if (!this.followers.has(server)) this.followers.set(server, this.shared.sequence)
    this.seat.root.checkUse()
    this.shared.whenPicture(`picture for ${server}`, (picture) => {
      // What the frames before it did not bring.
      this.tellState()
      const { sequence, body, stream } = picture
      for (const template of this.shared.tree.shownTemplates()) addModules(template, this.modules)
      this.seat.say(
        {
          type: 'picture',
          to: server,
          sequence,
          inner: this.innerRows(),
          modules: [...this.modules],
          ...(stream === undefined ? {} : { stream }),
          ...(wantsState ? { state: { rows: this.state.rows, gone: [] } } : {}),
        },
        body,
      )
    })
  }

  /** That server has no viewers of it any more. */
  forget(server: string): void {
    if (this.followers.delete(server)) this.seat.root.checkUse()
  }

  frame({ sequence, body, stream }: SharedFrame, batch: Batch): void {
    if (!this.isFollowed) return
    const modules = this.newModules(batch)
    const rows = this.innerRows()
    const inner = JSON.stringify(rows)
    const state = this.takeState()
    const news: FrameNews = {
      sequence,
      ...(stream === undefined ? {} : { stream }),
      ...(modules.length === 0 ? {} : { modules }),
      ...(inner === this.toldInner ? {} : { inner: rows }),
      ...(state === null ? {} : { state }),
    }
    this.toldInner = inner
    this.seat.say({ type: 'frame', ...news }, body)
  }

  chunk(stream: number, body: Body | null): void {
    if (!this.isFollowed || this.stopped) return
    if (body === null) this.seat.say({ type: 'end', stream })
    else this.seat.say({ type: 'chunk', stream }, body)
  }

  flushed(): void {
    this.tellState()
  }

  private newModules({ writes }: Batch): string[] {
    const found = new Set<string>()
    for (const write of writes) addModules('template' in write ? write.template : write.edits, found)
    const fresh = [...found].filter((module) => !this.modules.has(module))
    for (const module of fresh) this.modules.add(module)
    return fresh
  }

  private innerRows(): InnerRow[] {
    return [...this.seat.root.innerRoots].map(({ request: { definition, key, data, outlets } }) => {
      return [definition.id, key, encodeValue(data), outlets]
    })
  }

  // State

  /** Tells what changed in the state, where anybody would keep it. */
  tellState(): void {
    if (!this.isFollowed || this.stopped) return
    const state = this.takeState()
    if (state !== null) this.seat.say({ type: 'state', state })
  }

  private takeState(): StateNews | null {
    if (!this.treeState.dirty || this.stateTooLarge) return null
    const leftMs = this.stateToldAt + largeStateDelayMs - performance.now()
    if (this.state.length > largeState && leftMs > 0) {
      this.stateTimer ??= setTimeout(() => this.tellLater(), leftMs).unref()
      return null
    }
    this.stateToldAt = performance.now()
    const { slots, gone } = this.treeState.take()
    const news = { rows: slots.map((slot): StateRow => [slot.id, encodeSlot(slot)]), gone }
    this.state.apply(news)
    if (this.state.length <= this.host.limits.maxSharedState) return news
    return this.giveUpState()
  }

  private tellLater(): void {
    this.stateTimer = undefined
    this.tellState()
  }

  /** The others would start afresh, and are told to. */
  private giveUpState(): StateNews {
    const gone = this.state.rows.map(([id]) => id)
    this.state.clear()
    this.stateTooLarge = true
    const message = `The state of ${this.seat.root.name} is larger than \`maxSharedState\`.`
    const error = new LiverootError('message_too_large', message)
    describeError(error, 'message_too_large', this.host.onError, { route: this.seat.root.name })
    return { rows: [], gone }
  }

  // Calls of viewers elsewhere

  private run(call: ForwardedCall & { readonly from: string }, text: string): void {
    // They start in the order in which they came.
    this.order = this.order.then(() => this.start(call, text)).catch(() => {})
  }

  private async start(call: ForwardedCall & { readonly from: string }, text: string): Promise<void> {
    const ran = { result: undefined as unknown }
    try {
      const found = await this.find(call)
      const args = await decodeArguments(0, call.hasArguments ? text : null, this.argumentHost(call))
      if (args.some((each) => each instanceof ReceivedArgument)) throw new LiverootError('not_forwarded')
      const session = decodeSession(call.session)
      if (this.stopped) return
      ran.result = callFor(session, () => found(...reviveEvents(args, call.path)))
    } catch (error) {
      return this.answer(call, { error })
    }
    // The next one does not wait for it.
    Promise.resolve(ran.result).then(
      (value) => this.answer(call, { value }),
      (error: unknown) => this.answer(call, { error }),
    )
  }

  private async find({ slot, path, seen, shown, sent }: ForwardedCall): Promise<ServerFunction> {
    const { shared } = this
    const isForNewest = isNewest(seen)
    if (isForNewest)
      await new Promise<void>((resolve) => setImmediate(() => shared.whenFlushed(() => resolve())))
    const found = shared.find(slot, path, seen, { shown, sent: isForNewest ? shared.sequence : sent })
    if (found === undefined) throw new LiverootError('not_on_screen')
    return found
  }

  private argumentHost({ offset, shown, sent }: ForwardedCall): ArgumentHost {
    return {
      limits: this.host.limits,
      file: () => {
        throw new LiverootError('not_forwarded')
      },
      functionOf: (mark) => {
        const [root, seen, slot, path] = mark as [number, number, number, string]
        if (root !== this.seat.root.id) throw new LiverootError('not_forwarded')
        const found = this.shared.find(slot, path, Math.max(0, seen - offset), { shown, sent })
        if (found === undefined) throw new LiverootError('not_on_screen')
        return found
      },
    }
  }

  private answer(
    { from: to, call }: ForwardedCall & { readonly from: string },
    outcome: { readonly value: unknown } | { readonly error: unknown },
  ): void {
    this.shared.afterFlush((sequence) => {
      if (this.stopped) return
      const result = { type: 'result', to, call, sequence } as const
      try {
        if ('error' in outcome) throw outcome.error
        this.seat.say(result, encodeResult(outcome.value))
      } catch (error) {
        this.seat.say({ ...result, error: this.describe(error) })
      }
    })
  }

  private describe(error: unknown) {
    if (error instanceof LiverootError && refusals.has(error.code))
      return refusalOf(error.code, error.message)
    return describeError(error, 'handler_failed', this.host.onError, { route: this.seat.root.name })
  }

  /** It is not the owner any more. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.stateTimer)
  }
}

/** Of what a call asked for, not of the program. */
const refusals: ReadonlySet<string> = new Set([
  'not_on_screen',
  'not_forwarded',
  'bad_arguments',
  'arguments_too_deep',
  'invalid_arguments',
])

function decodeSession(text: string): LiveSession {
  return decodeValue(text) as LiveSession
}

function encodeResult(value: unknown): string {
  try {
    return encodeValue(value)
  } catch (cause) {
    throw new LiverootError('not_forwarded', (cause as Error).message, { cause })
  }
}
