// What Liveroot can do with NATS. Its client is an optional peer, loaded when it is first used.
export { type JetstreamQueueOptions, jetstream } from './source.ts'
export { type NatsStoreOptions, natsStore } from './store.ts'
