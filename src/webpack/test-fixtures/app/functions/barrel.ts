// On the server nothing but client modules imports this.
// @ts-expect-error: plain JavaScript
export { old } from './legacy.cjs'
export * from './orphan.ts'
export { add, default as byDefault, more } from './todos.ts'
