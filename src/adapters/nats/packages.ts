import { loadPeer } from '../peer.ts'

const transport = () => loadPeer('@nats-io/transport-node', () => import('@nats-io/transport-node'))
const jetstream = () => loadPeer('@nats-io/jetstream', () => import('@nats-io/jetstream'))
const kv = () => loadPeer('@nats-io/kv', () => import('@nats-io/kv'))

/**
 * Loads what a key-value bucket needs.
 *
 * @throws `missing_peer`.
 */
export async function loadKv() {
  const [{ connect }, { JetStreamApiError }, { Kvm }] = await Promise.all([transport(), jetstream(), kv()])
  return { connect, JetStreamApiError, Kvm }
}
