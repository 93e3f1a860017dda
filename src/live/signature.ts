import { createHash } from 'node:crypto'
import type { Captured } from './capture.ts'
import type { AnyFunction } from './template.ts'

/** What is known of a component whose state may be stored. Made once per component. */
export class ComponentInfo {
  private hash: string | undefined
  /** What is recorded of one that has no state to be stored. */
  readonly stateless: Captured = { component: this, kinds: '', values: [] }

  constructor(
    readonly name: string,
    private readonly component: AnyFunction,
    /** False where the author set `durable = false` on the component. */
    readonly durable: boolean,
  ) {}

  /** A text that changes when the component's name or source does: state of another one is not restored. */
  get signature(): string {
    this.hash ??= signatureOf(this.name, String(this.component))
    return this.hash
  }
}

/** Bundlers number modules, and development builds write places in files into the source; neither is a change. */
const noise = [
  [/__WEBPACK_IMPORTED_MODULE_\d+__/g, '__WEBPACK_IMPORTED_MODULE__'],
  [/\b(lineNumber|columnNumber): ?\d+/g, '$1'],
  [/\bfileName: ?("[^"]*"|_jsxFileName)/g, 'fileName'],
  [/\s+/g, ' '],
] as const

export function signatureOf(name: string, source: string): string {
  let text = source
  for (const [pattern, replacement] of noise) text = text.replace(pattern, replacement)
  return createHash('sha1').update(`${name}\n${text}`).digest('base64url').slice(0, 10)
}
