// What Liveroot can do with PostgreSQL. Its client is an optional peer, loaded when it is first used.

export { type PostgresBusOptions, postgresBus } from './bus.ts'
export { type PostgresLocksOptions, postgresLocks } from './locks.ts'
export { type NotificationsOptions, notifications } from './notifications.ts'
export { postgresQueueTable } from './queue-table.ts'
export { type PostgresQueueOptions, postgresQueue } from './source.ts'
