'use client'

// The two import each other.
import { Form } from './form.tsx'

const load = () => import('./barrel.ts').then(({ orphan }) => orphan())

export function Inner({ again }: { again?: boolean }) {
  return again ? <Form /> : <button onClick={load}>inner</button>
}
