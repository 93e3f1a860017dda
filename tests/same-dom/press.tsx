import type { ReactNode } from 'react'
import { on } from '../../src/index.ts'
import { make, type Props, type Scope } from './build.tsx'
import type { Side } from './side.ts'
import type { PressSpec } from './spec.ts'

const increment = (n: number): number => n + 1

/** The next one, by name. */
const neighbours: Readonly<Record<string, string>> = { A: 'B', B: 'C', C: 'D', D: 'A' }

/** Makes an element with a handler that says what it captured, as the element itself does. */
export function buildPress(spec: PressSpec, { side, value }: Scope, inside: readonly ReactNode[]): ReactNode {
  const { tag, key, name, does, stop, capture } = spec
  const type = tag === 'button' ? { type: 'button' } : {}
  if (spec.sometimes && value % 2 === 1) return make(tag, { key, ...type }, inside)
  const mark = `${name} ${does} ${value}`
  const handler = () => {
    side.hear(mark)
    side.act(name, does === 'add' ? increment : value + 1)
    if (does === 'both') side.act(neighbours[name] ?? 'A', increment)
  }
  const flags = `${stop ? 'stop ' : ''}${capture ? 'capture' : ''}`.trim()
  return make(
    tag,
    { key, ...type, 'data-click': mark, 'data-flags': flags, ...listener(handler, spec, side) },
    inside,
  )
}

/** React has no helper such as `on`: what it stands for is written out. */
function listener(handler: () => void, { stop, capture }: PressSpec, side: Side): Props {
  if (side.live) return { onClick: stop || capture ? on(handler, { stop, capture }) : handler }
  const own = (event: { stopPropagation(): void }) => {
    if (stop) event.stopPropagation()
    handler()
  }
  return { [capture ? 'onClickCapture' : 'onClick']: own }
}
