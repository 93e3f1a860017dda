import { Draw } from '../support/random.ts'

/** One thing that a user does. Each is done when the one before shows. */
export type Operation =
  | { readonly kind: 'add'; readonly values: readonly number[] }
  | { readonly kind: 'addLater'; readonly value: number }
  | { readonly kind: 'count' }
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'addRow'; readonly id: number }
  | { readonly kind: 'toggleRow'; readonly at: number }
  | { readonly kind: 'countHere' }

/** The n-th operation of a client: the same one for the same seed, however often it is asked for. */
export function operation(seed: number, client: number, n: number): Operation {
  const draw = new Draw(seed * 1_000_003 + client * 7_919 + n)
  // The generator's first numbers of near seeds are alike.
  for (let i = 0; i < 4; i++) draw.number()
  const value = draw.below(1_000)
  switch (draw.below(8)) {
    case 0:
      return { kind: 'count' }
    case 1:
      return { kind: 'type', text: draw.of([...'abcdefgh']) }
    case 2:
      return { kind: 'addRow', id: n }
    case 3:
      return { kind: 'toggleRow', at: draw.below(6) }
    case 4:
      return { kind: 'countHere' }
    case 5:
      return { kind: 'addLater', value }
    // Several at once, in the order of their numbers.
    case 6:
      return { kind: 'add', values: Array.from({ length: 2 + draw.below(4) }, () => draw.below(1_000)) }
    default:
      return { kind: 'add', values: [value] }
  }
}
