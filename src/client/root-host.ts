import type { StartedCall } from './calls.ts'
import type { ClientRoot } from './root.ts'
import type { FunctionReference } from './server-function.ts'

/** What a root uses of its session. */
export interface RootHost {
  /** True while a call has no answer. */
  readonly calling: boolean
  /** Frames that the server sends ahead of their acknowledgement. */
  readonly window: number
  acknowledge(root: number, received: number, shown: number): void
  start(root: ClientRoot, reference: FunctionReference, args: readonly unknown[]): StartedCall
  /** The server has made another tree. */
  replaced(root: ClientRoot): void
  /** Something of it came, or failed. */
  shows(root: ClientRoot): void
  unmount(root: ClientRoot): void
  /** The shared root of a number; its content may be yet to come. */
  sharedRoot(id: number): ClientRoot
}
