import { listChanges } from './lists.tsx'
import type { Act } from './side.ts'
import type { Step } from './spec.ts'

type OtherStep = Extract<Step, { do: 'other' }>

const items = (all: readonly string[], item: string) => (all.includes(item) ? all : [...all, item])

/** What somebody else does to one of the components that are mounted. */
export function others(mounted: readonly string[], { nth, how, row }: OtherStep): Act | null {
  const names = mounted.filter((name) => name.includes(':') && !name.endsWith(':edits'))
  const name = names[nth % Math.max(names.length, 1)]
  if (name === undefined) return null
  return { name, update: updateOf(name, how, row) }
}

function updateOf(name: string, how: number, row: number): unknown {
  const change = listChanges[how % listChanges.length]
  if (name.startsWith('rows:')) return (all: never) => change?.(all, row)
  if (name.startsWith('hope:')) return (all: readonly string[]) => items(all, `x${how}`)
  if (name.startsWith('later:')) return 1
  if (name.startsWith('form:') && !name.endsWith(':text')) return `other=${how}`
  if (name.endsWith(':checkbox')) return how % 2 === 0 ? 'on' : ''
  return /:(radio|select|multiple)$/.test(name) ? String(how % 3) : `o${how}`
}
