import type { Hurry, Program, Spec, Step } from './spec.ts'

/** What is always written in the same way is left out. */
export function program(root: Spec, steps: readonly Step[] = [], more: Partial<Program> = {}): Program {
  return { root, steps, ready: [], failing: [], flood: false, window: 100, ...more }
}

export const text = (value: string): Spec => ({ kind: 'text', value })

export const box = (name: string, ...variants: Spec[]): Spec => ({
  kind: 'box',
  flavor: 'state',
  name,
  revision: 0,
  variants,
})
export const set = (name: string, value: number): Step => ({ do: 'set', sets: [{ name, value }] })

const calm = { latencyMs: 0, jitterMs: 0, lateByMs: 0, stolenMs: 0, seed: 0, pauses: [0] }
export const hope: Spec = { kind: 'hope', name: 'A', takesMs: 0 }
export const hurried = (hurry: Partial<Hurry> = {}): Partial<Program> => ({
  flood: true,
  hurry: { ...calm, ...hurry },
})
