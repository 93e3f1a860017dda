import type { Consumer, ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import { LiverootError } from '../../errors.ts'
import type { Bus } from '../../server/bus.ts'
import { matchesTopic } from '../../server/topic-names.ts'
import { EngineBus, type EngineBusOptions, type Link, type LinkEvents } from '../engine-bus.ts'
import type { Carried } from '../engine-subscription.ts'
import { loadPeer } from '../peer.ts'
import { subjectOf } from '../topic-subject.ts'

/** What {@link natsBus} takes. */
export interface NatsBusOptions extends EngineBusOptions {
  /** The server, or several of a cluster, such as `nats://127.0.0.1:4222`. */
  readonly url: string | readonly string[]
}
