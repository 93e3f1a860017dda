import { isValidElement, type ReactElement, type ReactNode } from 'react'
import { rebuild } from './rebuild.ts'

type Step = number | string

/** The step at the end of a path whose value says how to make the new list from the old one. */
const listStep = -1

/**
 * A slot's content with edits made to it: `path, value, path, value, ...`. Only what lies on a path is made anew, so
 * React sees that the rest is unchanged.
 */
export function patch(content: ReactNode, edits: readonly unknown[]): ReactNode {
  let node: unknown = content
  for (let i = 0; i < edits.length; i += 2) node = edit(node, edits[i] as readonly Step[], 0, edits[i + 1])
  return node as ReactNode
}

function edit(node: unknown, path: readonly Step[], depth: number, value: unknown): unknown {
  if (depth === path.length) return value
  const step = path[depth] as Step
  if (isValidElement(node)) return editElement(node as ReactElement<Props>, path, depth, value)
  if (Array.isArray(node)) {
    if (step === listStep) return runScript(node, value as readonly unknown[])
    const copy = node.slice()
    copy[step as number] = edit(node[step as number], path, depth + 1, value)
    return copy
  }
  const fields = node as Props
  return withField(fields, step as string, edit(fields[step], path, depth + 1, value))
}

type Props = Readonly<Record<string, unknown>>

function editElement(
  element: ReactElement<Props>,
  path: readonly Step[],
  depth: number,
  value: unknown,
): ReactElement {
  const { props } = element
  const step = path[depth] as Step
  if (typeof step === 'string') {
    return rebuild(element, withField(props, step, edit(props[step], path, depth + 1, value)))
  }
  const { children } = props
  const edited = Array.isArray(children)
    ? edit(children, path, depth, value)
    : edit(children, path, depth + 1, value)
  return rebuild(element, { ...props, children: edited })
}

/** An undefined value takes the field away: a prop that is not there and one that is undefined differ in defaults. */
function withField(fields: Props, name: string, value: unknown): Props {
  const copy = { ...fields }
  if (value === undefined) delete (copy as Record<string, unknown>)[name]
  else Object.defineProperty(copy, name, { value, enumerable: true, writable: true, configurable: true })
  return copy
}

/** `start, count` keeps that run of the old list; `-1, item` puts a new item. */
function runScript(list: readonly unknown[], script: readonly unknown[]): unknown[] {
  const out: unknown[] = []
  for (let i = 0; i < script.length; i += 2) {
    const start = script[i] as number
    if (start === -1) out.push(script[i + 1])
    else for (let k = 0; k < (script[i + 1] as number); k++) out.push(list[start + k])
  }
  return out
}
