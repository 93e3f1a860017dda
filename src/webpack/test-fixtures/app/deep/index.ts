export * from './inner.ts'
export * from './leaf.ts'
export { Leaf as Renamed } from './leaf.ts'
