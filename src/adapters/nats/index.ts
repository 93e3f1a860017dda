// What Liveroot can do with NATS. Its clients are optional peers, loaded when they are first used.
export { type NatsBusOptions, natsBus } from './bus.ts'

export { type NatsLocksOptions, natsLocks } from './locks.ts'
export { type JetstreamQueueOptions, jetstream } from './source.ts'
export { type NatsStoreOptions, natsStore } from './store.ts'
