import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { natsBus, natsStore } from '../../src/adapters/nats/index.ts'
import { redisBus, redisStore } from '../../src/adapters/redis/index.ts'
import { type Bus, fileStore, memoryBus, memoryStore, type SessionStore } from '../../src/server/index.ts'
import { brokerUrls } from '../support/brokers.ts'

/** Where a run keeps its sessions, and what carries its topics. */
export const engineNames = ['memory', 'file', 'redis', 'nats'] as const
export type EngineName = (typeof engineNames)[number]

/** The timers that an open store and an open bus have for themselves: they ask from time to time whether their broker lives. */
export function timersOf(store: EngineName, bus: EngineName): number {
  const ofClient = (engine: EngineName) => (engine === 'nats' ? 1 : 0)
  const ofBus = bus === 'nats' || bus === 'redis' ? 1 + ofClient(bus) : 0
  return ofClient(store) + ofBus
}

/** What is one run's own at an engine: a path, or what keys and topics begin with. */
export function newPlace(engine: EngineName): string {
  const name = `chaos-${randomUUID().slice(0, 8)}`
  return engine === 'file' ? join(tmpdir(), `${name}.log`) : name
}

export function openStore(engine: EngineName, place: string): SessionStore {
  switch (engine) {
    case 'memory':
      return memoryStore()
    case 'file':
      return fileStore({ path: place })
    case 'redis':
      return redisStore({ url: brokerUrls.redis, prefix: `${place}:session:` })
    case 'nats':
      return natsStore({ url: brokerUrls.nats, bucket: place })
  }
}

export function openBus(engine: EngineName, place: string): Bus {
  switch (engine) {
    case 'redis':
      return redisBus({ url: brokerUrls.redis, prefix: `${place}:bus:` })
    case 'nats':
      return natsBus({ url: brokerUrls.nats, prefix: place })
    default:
      return memoryBus()
  }
}

/** Leaves nothing of a run behind; what is in Redis its sessions took with them, or has an end. */
export async function removePlace(engine: EngineName, place: string): Promise<void> {
  if (engine === 'file') for (const end of ['', '.lock', '.new']) rmSync(place + end, { force: true })
  if (engine !== 'nats') return
  // The servers, which begin again and again, have no use for these.
  const { jetstreamManager } = await import('@nats-io/jetstream')
  const { connect } = await import('@nats-io/transport-node')
  const connection = await connect({ servers: brokerUrls.nats })
  const { streams } = await jetstreamManager(connection)
  // That of the store, and that of the bus, where there is one.
  for (const name of [`KV_${place}`, `liveroot_${place}`]) await streams.delete(name).catch(() => {})
  await connection.close()
}
