import type { Body } from '../../src/protocol/messages.ts'
import type { Traffic } from '../../src/testing/in-memory.ts'

/** Which calls were made and answered, as the wire shows it. */
export class Answers implements Traffic {
  /** The number of the last call. */
  last = 0
  /** Calls that were answered by a refusal, for the function was not there any more. */
  gone = 0
  private readonly open = new Set<number>()

  up(data: Body): void {
    const [letter, call] = headOf(data)
    if (letter !== 'c') return
    this.last = call
    this.open.add(call)
  }

  down(data: Body): void {
    if (headOf(data)[0] === 'y' && String(data).includes('not_on_screen')) this.gone++
  }

  /** What comes to the browser, when it comes. */
  arrived(data: Body): void {
    const [letter, call] = headOf(data)
    if (letter === 'r' || letter === 'y') this.open.delete(call)
  }

  isOpen(call: number): boolean {
    return this.open.has(call)
  }

  get size(): number {
    return this.open.size
  }
}

function headOf(data: Body): [string, number] {
  const head =
    typeof data === 'string' ? data.slice(0, 24) : Buffer.from(data.subarray(0, 24)).toString('latin1')
  return [head.slice(0, 1), Number.parseInt(head.slice(1), 10)]
}
