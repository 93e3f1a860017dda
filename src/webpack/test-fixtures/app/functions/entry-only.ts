'use server'

export async function fromEntry() {
  return 'ENTRY_ONLY_CODE'
}
