// What Liveroot can do with RabbitMQ. Its client is an optional peer, loaded when it is first used.
export { type RabbitmqBusOptions, rabbitmqBus } from './bus.ts'
export { type RabbitmqQueueOptions, rabbitmq } from './source.ts'
