'use client'

// @ts-expect-error: written into node_modules by the test
import { packaged } from 'fake-actions'
import { Inner } from './inner-form.tsx'
import { add, byDefault, more, old } from './barrel.ts'

export function Form() {
  return <Inner />
}
export const callAll = () => [add('milk'), byDefault(), more(), old(), packaged()]
