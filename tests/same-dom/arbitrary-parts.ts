import fc, { type Arbitrary } from 'fast-check'
import type { Spec } from './spec.ts'

const keys = fc.constantFrom('a', 'b', 'c', '0', '1', 'a.b', '~', 'b~1', '$', '@', '', ':a,<b>', 'ü')

export const key = fc.option(keys, { nil: undefined, freq: 2 })

/** The names of boxes and of all else that has state. */
export const boxName = fc.constantFrom('A', 'B', 'C', 'D')

export type Weighted = { weight: number; arbitrary: Arbitrary<Spec> }

type Make = (weight: number, kind: Spec['kind'], fields: Record<string, Arbitrary<unknown>>) => Weighted

export const make: Make = (weight, kind, fields) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), ...fields }) as unknown as Arbitrary<Spec>,
})
