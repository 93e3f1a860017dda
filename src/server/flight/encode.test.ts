import { fallsTo, heldBytes } from '../../../tests/support/memory.ts'
import { encodeValue, readOpening } from './encode.ts'

test('nothing is kept of payloads that were read', async () => {
  const read = async () => {
    const payload = encodeValue([new Date(0), 'x'.repeat(2_000)], {}, () => undefined)
    expect((await readOpening(payload)).rest).toBeNull()
  }
  // What every run loads and compiles.
  for (let i = 0; i < 200; i++) await read()
  const before = heldBytes()
  for (let i = 0; i < 2_000; i++) await read()
  await fallsTo(before + 5_000_000)
})
