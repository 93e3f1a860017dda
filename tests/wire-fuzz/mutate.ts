import type { Body } from '../../src/protocol/messages.ts'
import type { Draw } from '../support/random.ts'
import { mutateHead, mutateText } from './mutate-text.ts'

/** A message that is like the given one, and wrong somewhere. `other` is another message, to take parts from. */
export function mutateMessage(draw: Draw, message: Body, other: Body): Body {
  if (draw.percent(3)) return noise(draw)
  if (draw.percent(3))
    return typeof message === 'string' ? Buffer.from(message) : Buffer.from(message).toString()
  if (typeof message !== 'string') return mutateBytes(draw, message)
  const end = message.indexOf('\n')
  const head = end < 0 ? message : message.slice(0, end)
  const body = end < 0 ? '' : message.slice(end)
  if (body === '' || draw.percent(35)) return mutateHead(draw, head) + body
  return head + mutateText(draw, body, typeof other === 'string' ? other : '')
}

/** Bytes of an upload or of a payload: the head is text, and so is much of the rest. */
function mutateBytes(draw: Draw, message: Uint8Array): Uint8Array {
  const end = message.indexOf(10)
  const head = Buffer.from(message.subarray(0, end)).toString('latin1')
  const body = message.subarray(end)
  if (draw.percent(35)) return Buffer.concat([Buffer.from(mutateHead(draw, head)), body])
  // Files of any kind; changing them as text would cost more than all else here.
  if (body.length > 10_000)
    return Buffer.concat([Buffer.from(head), body.subarray(0, draw.below(body.length))])
  const text = Buffer.from(body).toString('latin1')
  return Buffer.concat([Buffer.from(head), Buffer.from(mutateText(draw, text, '0:"$1"\n'), 'latin1')])
}

function noise(draw: Draw): Body {
  const bytes = Buffer.from(Array.from({ length: draw.few(200) }, () => draw.below(256)))
  return draw.percent(50) ? bytes.toString('latin1') : bytes
}

/** Changes the order, the number and the content of a list of things; `mutate` changes one of them. */
export function mutateList<T>(
  draw: Draw,
  list: readonly T[],
  others: readonly T[],
  mutate: (one: T) => T,
): T[] {
  let items = [...list]
  for (let rounds = draw.few(4); rounds > 0; rounds--) {
    const at = draw.below(items.length)
    const item = items[at]
    if (item === undefined) return [...others]
    switch (draw.below(12)) {
      case 0:
        items.splice(at, 1)
        break
      case 1:
        items.splice(at, 0, item)
        break
      case 2:
        items.splice(draw.below(items.length), 0, ...items.splice(at, 1))
        break
      case 3:
        items.splice(at, 0, draw.of(others))
        break
      case 4:
        items = items.slice(0, at + 1)
        break
      case 5:
        items.push(...items.slice(at))
        break
      case 6:
        items.splice(at, 0, ...Array.from({ length: draw.few(100) }, () => item))
        break
      default:
        items[at] = mutate(item)
    }
  }
  return items
}
