import type { Captured } from '../live/capture.ts'
import { hookNames } from '../live/capture.ts'
import { absent, type SlotState } from '../live/restoring.ts'
import type { SlotSnapshot } from '../live/tree-state.ts'
import { warnNotRestorable } from '../live/warnings.ts'
import type { Body } from '../protocol/messages.ts'
import type { StoredSecrets } from './session-token.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

// What a session store has of a session, as texts by key:
//   t<tree>         a live tree: the root's number and path, and a frame number that was never used
//   t<tree>.<slot>  a slot of it: where it is (with ~ and its generation, where it has one), and the state behind it
//   u              whose it is, as JSON
//   s              what opens it, as JSON: hashes
//   p              which page of the browser it is, counted from 0
//   c<call>         a call whose answer is not known to have arrived: the answer, or nothing while it runs

export const treeKey = (tree: number): string => `t${tree}`
export const slotKey = (tree: number, slot: number | ''): string => `t${tree}.${slot}`
export const isSlotKey = (key: string): boolean => key.startsWith('t') && key.includes('.')
export const callKey = (call: number | ''): string => `c${call}`
export const pageKey = 'p'
export const userKey = 'u'
export const secretsKey = 's'

/** A live tree of a session, as its snapshot has it. */
export interface StoredTree {
  /** The number that is the tree's in its session for as long as the session lives. */
  readonly tree: number
  /** The number that the browser gave the root. */
  readonly root: number
  readonly path: string
  /** No frame had a number above this. */
  readonly sequence: number
  /** No slot had a number above this; left out where that is the greatest of {@link slots}. */
  readonly lastSlot?: number
  readonly slots: readonly SlotState[]
}

/** A session, as its snapshot has it. */
export interface StoredSession {
  /** Whose it is. */
  readonly userId: string | null
  /** What opens it; null where there was no whole snapshot. */
  readonly secrets: StoredSecrets | null
  readonly trees: readonly StoredTree[]
  /** Oldest first. Null for a call that ran when the snapshot was taken. */
  readonly calls: readonly { readonly call: number; readonly answer: Body | null }[]
}

export function encodeTree(root: number, path: string, sequence: number): string {
  return JSON.stringify([root, path, sequence])
}

/**
 * The state of a slot: lines, for no value has a line feed in it. A value that cannot be stored is left out, and its hook
 * starts afresh.
 */
export function encodeSlot({ parent, hole, generation, captured }: SlotSnapshot): string {
  const head = `${parent}${generation === 0 ? '' : `~${generation}`}\n${hole}`
  if (captured === null || captured.kinds === '') return head
  const lines = [head, captured.component.signature, captured.kinds]
  for (let i = 0; i < captured.values.length; i++) lines.push(encodeHook(captured, i))
  // Not added up, which would keep all the pieces.
  return lines.join('\n')
}

function encodeHook(captured: Captured, index: number): string {
  try {
    return encodeValue(captured.values[index])
  } catch (error) {
    const { component, kinds } = captured
    const kind = kinds[index] as string
    const place = [...kinds.slice(0, index + 1)].filter((each) => each === kind).length
    const hook = kind === 'c' ? 'this.state' : `${hookNames[kind]} #${place}`
    warnNotRestorable(component.name, hook, (error as Error).message)
    return ''
  }
}

/** The reverse of {@link encodeSlot}. */
export function decodeSlot(id: number, text: string): SlotState {
  const [place = '', hole = '', signature = '', kinds = '', ...values] = text.split('\n')
  const [parent, generation = 0] = place.split('~').map(Number) as [number, number?]
  return { id, parent, hole, generation, signature, kinds, values: values.map(decodeHook) }
}

function decodeHook(text: string): unknown {
  return text === '' ? absent : decodeValue(text)
}

/** True when a value of a slot could not be stored. */
export function lacksValues(text: string): boolean {
  return text.split('\n').slice(4).includes('')
}

/** An answer as it was sent; nothing for a call that is running. */
export function encodeCall(answer: Body | null): string {
  if (answer === null) return ''
  return typeof answer === 'string' ? `s${answer}` : `b${Buffer.from(answer).toString('base64')}`
}

function decodeCall(text: string): Body | null {
  if (text === '') return null
  return text.startsWith('s') ? text.slice(1) : new Uint8Array(Buffer.from(text.slice(1), 'base64'))
}

/** Reads what a store has. */
export function readSnapshot(entries: Iterable<readonly [string, string]>): StoredSession {
  const heads = new Map<number, string>()
  const slots = new Map<number, SlotState[]>()
  let userId: string | null = null
  let secrets: StoredSecrets | null = null
  const calls: { call: number; answer: Body | null }[] = []
  for (const [key, text] of entries) {
    if (key === userKey) userId = JSON.parse(text)
    if (key === secretsKey) secrets = JSON.parse(text)
    if (key === pageKey || key === userKey || key === secretsKey) continue
    const [tree = 0, slot] = key.slice(1).split('.').map(Number)
    if (key.startsWith('c')) calls.push({ call: tree, answer: decodeCall(text) })
    else if (slot === undefined) heads.set(tree, text)
    else put(slots, tree, decodeSlot(slot, text))
  }
  const trees = [...heads].map(([tree, text]) => {
    const [root, path, sequence] = JSON.parse(text) as [number, string, number]
    return { tree, root, path, sequence, slots: slots.get(tree) ?? [] }
  })
  return {
    userId,
    secrets,
    trees: trees.sort((a, b) => a.tree - b.tree),
    calls: calls.sort((a, b) => a.call - b.call),
  }
}

function put<T>(lists: Map<number, T[]>, key: number, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
