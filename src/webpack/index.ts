export { Liveroot } from './liveroot.ts'
