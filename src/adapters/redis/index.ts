// What Liveroot can do with Redis. Its client is an optional peer, loaded when it is first used.

export { type RedisBusOptions, redisBus } from './bus.ts'
export { type RedisIdempotencyOptions, redisIdempotency } from './idempotency.ts'
export { type RedisLocksOptions, redisLocks } from './locks.ts'
export { type RedisStreamOptions, redisStream } from './source.ts'
export { type RedisStoreOptions, redisStore } from './store.ts'
