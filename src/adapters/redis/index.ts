// What Liveroot can do with Redis. Its client is an optional peer, loaded when it is first used.
export { type RedisStoreOptions, redisStore } from './store.ts'
