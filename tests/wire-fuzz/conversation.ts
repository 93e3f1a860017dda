import type { Body } from '../../src/protocol/messages.ts'
import type { StepName } from './steps.ts'

/** What happens in a conversation of a client with a server: a step on the page, or a message. */
export type Event = { readonly step: StepName } | { readonly up: Body } | { readonly down: Body }

/** A body as JSON carries it. */
export type StoredBody = string | { readonly bytes: string }

export type StoredEvent =
  | { readonly step: StepName }
  | { readonly up: StoredBody }
  | { readonly down: StoredBody }

export function storeBody(body: Body): StoredBody {
  return typeof body === 'string' ? body : { bytes: Buffer.from(body).toString('base64') }
}

export function restoreBody(stored: StoredBody): Body {
  return typeof stored === 'string' ? stored : new Uint8Array(Buffer.from(stored.bytes, 'base64'))
}

export function storeEvent(event: Event): StoredEvent {
  if ('step' in event) return event
  return 'up' in event ? { up: storeBody(event.up) } : { down: storeBody(event.down) }
}

export function restoreEvent(event: StoredEvent): Event {
  if ('step' in event) return event
  return 'up' in event ? { up: restoreBody(event.up) } : { down: restoreBody(event.down) }
}
