import type { Body, ErrorBody } from '../protocol/messages.ts'
import { describeError, errorOf } from './errors-out.ts'
import type { PeerListener, Peers } from './peers.ts'
import { SharedChannel } from './shared-channel.ts'
import { FollowedTree } from './shared-followed.ts'
import { ForwardedCalls } from './shared-forwarded.ts'
import {
  beats,
  type Claim,
  type FollowerMessage,
  type OwnerMessage,
  readMessage,
  type SharedMessage,
  sharedTopic,
  writeMessage,
} from './shared-messages.ts'
import { OwnedTree } from './shared-owned.ts'
import type { SharedRoot } from './shared-root.ts'
import { digestOf } from './shared-roots.ts'
import { SharedState } from './shared-state.ts'
import { SharedStore } from './shared-store.ts'

/** How long an owner may take to say that it is there. */
const seekMs = 200
/** A new owner runs no calls for so long: another one may have claimed the root at the same time, and count. */
const settleMs = 200
/** Those who take over wait for a part of this, so that mostly one of them does. */
const takeoverSpreadMs = 150
/** Who has no state waits for so much longer, so that one who has it goes on with it. */
const withoutStateMs = 1_000

/**
 * A shared root's place among the servers that have viewers of it. One server owns the root: it has the tree. The others
 * follow. Who hears nobody claims it; of several claims one counts, on every server the same, and who made another steps
 * down. So two owners, where one was thought dead, are soon one again.
 */
export class SharedSeat implements PeerListener {
  private readonly channel: SharedChannel
  private readonly forgetPeers: () => void
  /** The claim that counts, as far as is known. */
  private claim: Claim | null = null
  private owned: OwnedTree | null = null
  private followed: FollowedTree | null = null
  private claiming: NodeJS.Timeout | undefined
  private settling: NodeJS.Timeout | undefined
  private seekMs = seekMs
  /** Calls of viewers here that the owner has not answered. */
  readonly forwarded = new ForwardedCalls()
  /** Where its state outlives the servers; null where nothing does. */
  readonly store: SharedStore | null
  private closed = false

  constructor(
    readonly root: SharedRoot,
    readonly peers: Peers,
  ) {
    const topic = sharedTopic(digestOf(root.request).toString('base64url'))
    this.channel = new SharedChannel(root.registry.host.bus, topic, peers.server, {
      text: (text) => this.read(text),
      gap: () => this.resume(),
    })
    this.forgetPeers = peers.listen(this)
    this.store = storeOf(root)
    // Without a broker it is this server's, until there is one.
    this.claimAfter(peers.leaseMs)
    void this.channel.ready.then(() => {
      if (!this.closed && this.claim === null) this.seek()
    })
  }

  /** Another server has viewers of the tree here. */
  get isFollowed(): boolean {
    return this.owned?.isFollowed ?? false
  }

  get isFollower(): boolean {
    return this.followed !== null
  }

  /** Calls can be made: it is known, and sure, where they go. */
  get isReady(): boolean {
    return this.owned === null ? (this.followed?.ready ?? false) : this.settling === undefined
  }

  /** Where nobody answers, it claims the root, when it has heard itself ask. */
  private seek(): void {
    this.claimAfter(this.peers.leaseMs)
    this.send({ type: 'seek' })
  }

  private claimAfter(delayMs: number): void {
    clearTimeout(this.claiming)
    this.claiming = setTimeout(() => void this.own(), delayMs).unref()
  }

  private async own(): Promise<void> {
    if (this.closed || this.owned !== null) return
    const state = this.followed?.state ?? new SharedState()
    if (this.store !== null) {
      const { claim } = this
      await this.store.claim(state)
      // Another one may have it by now.
      if (this.closed || this.owned !== null || this.claim !== claim) return
    }
    const epoch = (this.claim?.epoch ?? 0) + 1
    this.claim = { from: this.peers.server, epoch, sinceMs: Date.now() }
    this.followed = null
    const owned = new OwnedTree(this, state)
    this.owned = owned
    this.settleAfter(this.peers.leaseMs)
    this.store?.keep(state)
    this.root.run(owned.shared)
    // It may have failed, or hear at once of another owner.
    if (!this.closed) void this.say({ type: 'own' })
  }

  private settleAfter(delayMs: number): void {
    clearTimeout(this.settling)
    this.settling = setTimeout(() => this.settle(), delayMs).unref()
  }

  /** Nobody else has claimed it. */
  private settle(): void {
    this.settling = undefined
    const { owned } = this
    if (owned === null || this.closed) return
    const { server } = this.peers
    this.forwarded.sendAgain(0, (call, args) => owned.calls.run({ ...call, to: server, from: server }, args))
    this.root.readied()
  }

  /** Another claim counts. */
  private follow(claim: Claim): void {
    clearTimeout(this.claiming)
    clearTimeout(this.settling)
    this.claim = claim
    if (this.settling !== undefined) this.root.doubted()
    this.settling = undefined
    this.owned?.stop()
    this.store?.drop()
    const state = this.owned?.state ?? this.followed?.state
    this.owned = null
    this.followed = new FollowedTree(this, claim.from, state)
    this.root.follow(this.followed)
    if (!this.peers.expect(claim.from)) this.gone(claim.from)
    // Nobody may be left for whom it would.
    this.root.checkUse()
  }

  // What is said

  /** Says something as the owner. Resolves when the bus has it, or it was reported that it has not. */
  say(message: OwnerMessage, body?: Body): Promise<void> {
    const { from, epoch, sinceMs } = this.claim as Claim
    return this.put({ ...message, from, epoch, sinceMs }, body)
  }

  send(message: FollowerMessage, body?: Body): void {
    void this.put({ ...message, from: this.peers.server }, body)
  }

  private put(message: SharedMessage, body?: Body): Promise<void> {
    return this.channel.send(writeMessage(message, body)).catch((error: unknown) => {
      if (!this.closed) this.report(error)
    })
  }

  report(error: unknown): void {
    describeError(error, 'publish_failed', this.root.registry.host.onError, { route: this.root.name })
  }

  // What is heard

  private read(text: string): void {
    if (this.closed) return
    try {
      const { message, body } = readMessage(text)
      if (message.from === this.peers.server) this.heardMyself(message)
      else this.receive(message, body)
    } catch (error) {
      describeError(error, 'bad_message', this.root.registry.host.onError, { route: this.root.name })
    }
  }

  /** From now on, what others have to say to it comes without delay. */
  private heardMyself(message: SharedMessage): void {
    if (message.type === 'seek' && this.claim === null) this.claimAfter(this.seekMs)
    else if (message.type === 'own' && this.settling !== undefined) this.settleAfter(settleMs)
  }

  private receive(message: SharedMessage, body: Body): void {
    this.peers.heardOf(message.from)
    if ('to' in message && message.to !== undefined && message.to !== this.peers.server) {
      // What it says to others tells of it, too.
      if ('epoch' in message) this.consider(message)
      return
    }
    if (!('epoch' in message)) {
      if (message.type === 'seek') this.sought(message.from)
      else if (message.type === 'known') this.known(message.owner)
      else this.owned?.receive(message, body)
      return
    }
    if (!this.consider(message)) return
    if (message.type === 'ends') this.takeOver()
    else if (message.type === 'failed') this.root.fail(errorOf(message.error))
    else this.followed?.receive(message, body)
  }

  private sought(by: string): void {
    if (this.owned !== null) void this.say({ type: 'own', to: by })
    else if (this.claim !== null) this.send({ type: 'known', to: by, owner: this.claim })
    // Of those who look for an owner at the same time, one becomes it.
    else if (by < this.peers.server) {
      this.seekMs = 2 * seekMs
      this.claimAfter(this.seekMs)
    }
  }

  private known(owner: Claim): void {
    if (owner.from !== this.peers.server) this.consider(owner)
    // That was before it was closed here.
    else if (this.claim === null) this.claim = owner
  }

  /** Whether who claims to be the owner is. */
  private consider({ from, epoch, sinceMs }: Claim): boolean {
    const { claim } = this
    if (claim !== null && from === claim.from && epoch === claim.epoch) return true
    if (claim === null || beats({ from, epoch, sinceMs }, claim)) {
      this.follow({ from, epoch, sinceMs })
      return true
    }
    if (this.owned !== null) void this.say({ type: 'own' })
    return false
  }

  gone(server: string): void {
    this.owned?.forget(server)
    if (this.followed !== null && this.claim?.from === server) this.takeOver()
  }

  private takeOver(): void {
    const hasState = (this.followed?.state.length ?? 0) > 0
    this.claimAfter(Math.random() * takeoverSpreadMs + (hasState ? 0 : withoutStateMs))
  }

  returned(): void {
    if (this.owned !== null) void this.say({ type: 'own' })
  }

  beat(): void {
    this.followed?.beat()
    this.store?.beat()
  }

  /** Something may have been missed. */
  private resume(): void {
    if (this.closed) return
    if (this.owned !== null) void this.say({ type: 'own' })
    else if (this.followed !== null) this.followed.resume()
    else if (this.channel.live) this.seek()
  }

  tellFailure(error: ErrorBody): void {
    if (this.owned !== null) void this.say({ type: 'failed', error })
  }

  /** Where the server ends, its viewers find the state elsewhere; where nobody looks any more, it is over. */
  private leaveStore(): void {
    const { store } = this
    if (store === null) return
    if (this.root.registry.closing) this.root.registry.leaving.push(store.release())
    else store.remove()
  }

  close(): void {
    if (this.closed) return
    clearTimeout(this.claiming)
    this.forgetPeers()
    if (this.owned !== null) {
      this.owned.tellState()
      this.leaveStore()
      void this.say({ type: 'ends' })
    } else if (this.followed !== null) this.send({ type: 'leave' })
    this.closed = true
    clearTimeout(this.settling)
    // First those whose answers are here.
    this.followed?.close()
    this.forwarded.lose()
    this.channel.close()
  }
}

function storeOf({ registry, request, name }: SharedRoot): SharedStore | null {
  const { keeping } = registry.host
  const { keepMs } = request.definition
  if (keepMs === 0 || !keeping.store.outlivesProcess) return null
  return new SharedStore(keeping, `shared-${digestOf(request).toString('base64url')}`, keepMs, name)
}
