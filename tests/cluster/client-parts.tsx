import { type ReactNode, useLayoutEffect, useRef } from 'react'

type Ask = (value?: unknown) => Promise<unknown>
type Functions = Readonly<Record<string, Ask>>

const given = new WeakMap<Element, Functions>()

/** Gives functions of the server to the script of the page that it stands on. */
export function Calls({ name, ...functions }: { name: string } & Record<string, unknown>): ReactNode {
  const mark = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    if (mark.current !== null) given.set(mark.current, functions as Functions)
  })
  return <i ref={mark} data-calls={name} />
}

/** What the page was given last under that name. */
export function functionsOn(page: Element, name: string): Functions | undefined {
  const mark = page.querySelector(`[data-calls="${name}"]`)
  return mark === null ? undefined : given.get(mark)
}
