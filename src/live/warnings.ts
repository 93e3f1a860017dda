import type { ReactElement } from 'react'

const development = process.env.NODE_ENV !== 'production'
const said = new Set<string>()

/** Warns once per component about list items without keys: the browser's React sees only the finished lists. */
export function warnMissingKey(owner: string, element: ReactElement): void {
  if (!development || element.key !== null) return
  const store = (element as { _store?: { validated?: number } })._store
  if (store === undefined || store.validated) return
  store.validated = 1
  warnOnce(
    owner,
    `Each child in a list should have a unique "key" prop. Check the lists that <${owner}> renders.`,
  )
}

export function warnSameKey(owner: string, key: string): void {
  if (!development) return
  warnOnce(`${owner} ${key}`, `<${owner}> renders two children with the same key, "${key}", in one list.`)
}

function warnOnce(about: string, message: string): void {
  if (said.has(about) || said.size > 1000) return
  said.add(about)
  console.error(message)
}

/** Warns once per hook about state that a restart will lose. */
export function warnNotRestorable(component: string, hook: string, why: string): void {
  if (!development) return
  warnOnce(
    `${component} ${hook}`,
    `${hook} of <${component}> cannot be stored, and starts afresh where the session is restored. ${why} Keep plain data ` +
      `in state, or set \`${component}.durable = false\` where that is meant.`,
  )
}
