export { Liveroot, type LiverootOptions } from './liveroot.ts'
