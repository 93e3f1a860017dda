import { LiverootError } from '../errors.ts'
import { scheduleFlush } from '../live/flush-queue.ts'
import { TreeState } from '../live/tree-state.ts'
import type { Batch } from '../live/writes.ts'
import type { Body } from '../protocol/messages.ts'
import { describeError } from './errors-out.ts'
import { ForwardedCalls } from './forwarded-calls.ts'
import { addModules } from './listed-functions.ts'
import type { SharedFrame } from './shared-frame.ts'
import type { FollowerMessage, FrameNews, InnerRow, StateNews, StateRow } from './shared-messages.ts'
import type { SharedSeat } from './shared-seat.ts'
import type { SharedState } from './shared-state.ts'
import { SharedTree, type TreeRelay } from './shared-tree.ts'
import { encodeSlot } from './snapshot.ts'
import { encodeValue } from './value-codec.ts'

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
  private readonly calls: ForwardedCalls
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
    this.calls = new ForwardedCalls(seat, this.shared)
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
    else if (message.type === 'call') this.calls.run(message, String(body))
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

  /** It is not the owner any more. */
  stop(): void {
    this.stopped = true
    this.calls.stop()
    clearTimeout(this.stateTimer)
  }
}
