import type { Body } from '../../src/protocol/messages.ts'
import type { Draw } from '../support/random.ts'
import { type Event, restoreBody, type StoredBody, storeBody } from './conversation.ts'
import { mutateList, mutateMessage } from './mutate.ts'
import type { StepName } from './steps.ts'

/**
 * One thing in a case: a message, a step on the page, bytes below the messages, or the end of the connection, after
 * which another one begins.
 */
export type Item =
  | { readonly message: Body }
  | { readonly step: StepName }
  | { readonly raw: Uint8Array }
  | { readonly cut: true }

export type StoredItem =
  | { readonly message: StoredBody }
  | { readonly step: StepName }
  | { readonly raw: StoredBody }
  | { readonly cut: true }

export function storeItem(item: Item): StoredItem {
  if ('message' in item) return { message: storeBody(item.message) }
  return 'raw' in item ? { raw: storeBody(item.raw) } : item
}

export function restoreItem(item: StoredItem): Item {
  if ('message' in item) return { message: restoreBody(item.message) }
  return 'raw' in item ? { raw: restoreBody(item.raw) as Uint8Array } : item
}

/** A recorded conversation by its steps. */
export class Recording {
  private readonly parts: readonly (readonly Event[])[]

  constructor(events: readonly Event[]) {
    const parts: Event[][] = []
    for (const event of events) {
      if ('step' in event) parts.push([])
      // When acknowledgements and receipts are sent is a matter of time: the cases have their own.
      if (!('up' in event) || !/^[at]/.test(String(event.up))) parts.at(-1)?.push(event)
    }
    this.parts = parts
  }

  /** The first step, and some of the others in their order. */
  some(draw: Draw): Event[] {
    const percent = draw.of([5, 10, 20, 50])
    return this.parts.filter((_, i) => i === 0 || draw.percent(percent)).flat()
  }
}

/** What a hostile browser sends. */
export function hostileBrowser(draw: Draw, recording: Recording): Item[] {
  const up = recording.some(draw).flatMap((event) => ('up' in event ? [{ message: event.up }] : []))
  const others = recording.some(draw).flatMap((event) => ('up' in event ? [{ message: event.up }] : []))
  const items = sprinkle(draw, up, acknowledgements)
  return comeBack(draw, mutateCase(draw, items, others), () => {
    return `h2\n{"token":"${tokenMark}","received":${draw.below(8)}}`
  })
}

/** What a hostile server sends, while the page goes on. */
export function hostileServer(draw: Draw, recording: Recording): Item[] {
  const down = (events: readonly Event[]): Item[] =>
    events.flatMap((event): Item[] => {
      if ('step' in event) return [event]
      return 'down' in event ? [{ message: event.down }] : []
    })
  const items = mutateCase(draw, down(recording.some(draw)), down(recording.some(draw)))
  return comeBack(draw, items, () => {
    const session = draw.of(['resumed', 'resumed', 'restored', 'new', 'none'])
    return `w2,25000,32\n{"token":"other","session":"${session}","handled":${draw.below(8)},"maxCalls":64,"maxMessageBytes":65536}`
  })
}

function acknowledgements(draw: Draw): Item {
  const shown = draw.below(6)
  if (draw.percent(20)) return { message: 'p' }
  return { message: draw.percent(30) ? `t${draw.below(20)}` : `a1,${shown + draw.below(3)},${shown}` }
}

function sprinkle(draw: Draw, items: readonly Item[], make: (draw: Draw) => Item): Item[] {
  return items.flatMap((item, i) => (i > 2 && draw.percent(30) ? [item, make(draw)] : [item]))
}

/** In messages to the server, the token of the session that it has named last. */
export const tokenMark = '<token>'

/** After a lost connection most sessions go on, by what the first message says; that may be wrong too. */
function comeBack(draw: Draw, items: readonly Item[], hello: () => string): Item[] {
  return items.flatMap((item): Item[] => {
    if (!('cut' in item) || draw.percent(20)) return [item]
    const message = draw.percent(30) ? mutateMessage(draw, hello(), hello()) : hello()
    return [item, { message }]
  })
}

function mutateCase(draw: Draw, items: readonly Item[], others: readonly Item[]): Item[] {
  const mutate = (item: Item): Item => {
    if (!('message' in item)) return item
    if (draw.percent(6)) return { cut: true }
    if (draw.percent(2)) return { raw: webSocketNoise(draw, item.message) }
    const other = draw.of(others)
    return { message: mutateMessage(draw, item.message, 'message' in other ? other.message : '') }
  }
  return mutateList(draw, items, others, mutate)
}

/** A WebSocket frame of a client that is wrong somewhere: in its flags, its length, its mask, or cut. */
function webSocketNoise(draw: Draw, message: Body): Uint8Array {
  const payload = Buffer.from(message as string).subarray(0, 120)
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
  for (let i = draw.few(3); i > 0; i--) frame[draw.below(Math.min(frame.length, 8))] = draw.below(256)
  return draw.percent(50) ? frame : frame.subarray(0, draw.below(frame.length))
}
