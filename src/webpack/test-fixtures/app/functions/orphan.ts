'use server'

// No module of the server imports this one.
export async function orphan() {
  return 'ORPHAN_CODE'
}
export async function unused() {
  return 'unused'
}
