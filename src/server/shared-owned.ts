import { LiverootError } from '../errors.ts'
import { scheduleFlush } from '../live/flush-queue.ts'
import { TreeState } from '../live/tree-state.ts'
import type { Batch } from '../live/writes.ts'
import type { Body } from '../protocol/messages.ts'
import { describeError } from './errors-out.ts'
import { addModules } from './listed-functions.ts'
import type { SharedFrame } from './shared-frame.ts'
import type { FollowerMessage, FrameNews, InnerRow, StateNews } from './shared-messages.ts'
import { OwnedCalls } from './shared-owned-calls.ts'
import type { SharedSeat } from './shared-seat.ts'
import type { SharedState } from './shared-state.ts'
import { type ToldHost, ToldState } from './shared-told.ts'
import { newTreeName, SharedTree, type TreeRelay } from './shared-tree.ts'
import { encodeValue } from './value-codec.ts'

/** The tree of a shared root on the server that owns it, for the servers that follow. */
export class OwnedTree implements TreeRelay, ToldHost {
  readonly shared: SharedTree
  readonly calls: OwnedCalls
  private readonly told: ToldState
  /** The servers that follow, with the oldest frame that their viewers may show. */
  private readonly followers = new Map<string, number>()
  private readonly modules = new Set<string>()
  private toldInner = ''
  private stopped = false

  /** @param state what is known of the tree of an owner that has died; its own from now on. */
  constructor(
    private readonly seat: SharedSeat,
    readonly state: SharedState,
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
    const treeState = new TreeState(keeper, state.slots(), sequence === 0 ? 0 : sequence + 1)
    // What was too large may not be any more.
    state.tooLarge = false
    state.tree ??= newTreeName()
    this.told = new ToldState(this, treeState, state)
    this.shared = new SharedTree(root, state.tree, treeState)
    this.shared.relay = this
    this.calls = new OwnedCalls(seat, this.shared, this.told)
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
      this.told.tell(true)
      const { sequence, body, stream } = picture
      for (const template of this.shared.tree.shownTemplates()) addModules(template, this.modules)
      void this.seat.say(
        {
          type: 'picture',
          to: server,
          sequence,
          inner: this.innerRows(),
          modules: [...this.modules],
          ...(stream === undefined ? {} : { stream }),
          ...(wantsState ? { state: this.state.whole } : {}),
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
    const state = this.told.take()
    const news: FrameNews = {
      sequence,
      ...(stream === undefined ? {} : { stream }),
      ...(modules.length === 0 ? {} : { modules }),
      ...(inner === this.toldInner ? {} : { inner: rows }),
      ...(state === null ? {} : { state }),
    }
    this.toldInner = inner
    const stored = state === null ? undefined : this.seat.store?.put(state)
    this.told.sent(Promise.all([this.seat.say({ type: 'frame', ...news }, body), stored]))
  }

  chunk(stream: number, body: Body | null): void {
    if (!this.isFollowed || this.stopped) return
    if (body === null) void this.seat.say({ type: 'end', stream })
    else void this.seat.say({ type: 'chunk', stream }, body)
  }

  flushed(): void {
    this.told.tell()
  }

  whenTold(callback: () => void): void {
    this.told.whenTold(callback)
  }

  callHere(id: string, call: () => unknown): unknown {
    const result = this.calls.once(id, call)
    return this.isKept ? this.calls.kept(result) : result
  }

  ranBefore(id: string): boolean {
    return this.calls.knows(id)
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

  get isKept(): boolean {
    return this.isFollowed || this.seat.store !== null
  }

  get maxSharedState(): number {
    return this.host.limits.maxSharedState
  }

  async say(state: StateNews): Promise<void> {
    const said = this.isFollowed ? this.seat.say({ type: 'state', state }) : undefined
    await Promise.all([said, this.seat.store?.put(state)])
  }

  tooLarge(): void {
    const { name } = this.seat.root
    const error = new LiverootError(
      'message_too_large',
      `The state of ${name} is larger than \`maxSharedState\`.`,
    )
    describeError(error, 'message_too_large', this.host.onError, { route: name })
  }

  /** Its last words: whoever goes on has all of it. */
  tellState(): void {
    this.told.tell(true)
  }

  /** It is not the owner any more. */
  stop(): void {
    this.stopped = true
    this.told.stop()
    this.calls.stop()
  }
}
