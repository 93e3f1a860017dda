'use server'

import { secret } from './secret.ts'

export async function add(todo: string) {
  return `${secret} added ${todo}`
}
export const remove = (todo: string) => `removed ${todo}`
const hidden = () => 'renamed'
export { hidden as renamed }
export default async () => 'default'
export * from './more.ts'
export { further } from './more.ts'
export const limit = 5
