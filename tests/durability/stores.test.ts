import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLiveServer, fileStore, memoryStore, type SessionStore } from 'liveroot/server'
import { sessionStoreConformance } from 'liveroot/testing'
import { StoreOwner } from './store-owner.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liveroot-store-'))
  path = join(folder, 'sub', 'sessions.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('memoryStore', () => {
  for (const { name, run } of sessionStoreConformance(memoryStore)) test(name, run)
})

describe('fileStore', () => {
  for (const { name, run } of sessionStoreConformance(() => fileStore({ path }))) test(name, run)

  const save = (store: SessionStore, n: number, session = 's') => {
    const entries = new Map([[`k${n}`, String(n)]])
    return store.save(session, 'a', { entries, all: () => entries, expiresAt: Date.now() + 60_000 })
  }

  async function read(session = 's'): Promise<Record<string, string> | null> {
    const store = fileStore({ path })
    const entries = await store.claim(session, 'a')
    await store.close()
    return entries && Object.fromEntries(entries)
  }

  test('a record that was not finished is cut off, wherever it was cut', async () => {
    const store = fileStore({ path })
    await save(store, 1)
    const before = statSync(path).size
    await save(store, 2)
    await store.close()
    const whole = readFileSync(path)
    for (let size = before; size <= whole.length; size++) {
      writeFileSync(path, whole.subarray(0, size))
      expect(await read()).toEqual(size < whole.length ? { k1: '1' } : { k1: '1', k2: '2' })
      // What is written after is read, too.
      const again = fileStore({ path })
      await save(again, 3)
      await again.close()
      expect(await read()).toMatchObject({ k3: '3' })
    }
  })

  test('a record with a wrong byte is not taken, nor what comes after', async () => {
    const store = fileStore({ path })
    await save(store, 1)
    const at = statSync(path).size
    await save(store, 2)
    await store.close()
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(at + 12) ^ 1, at + 12)
    writeFileSync(path, bytes)
    appendFileSync(path, 'rubbish')
    expect(await read()).toEqual({ k1: '1' })
  })

  test('zeros, which a crash of the machine leaves at the end, are cut off', async () => {
    const store = fileStore({ path })
    await save(store, 1)
    await store.close()
    for (const count of [4, 8, 4_096]) {
      appendFileSync(path, Buffer.alloc(count))
      expect(await read()).toEqual({ k1: '1' })
    }
  })

  test('many saves at once are few writes, and the file does not grow for ever', async () => {
    const store = fileStore({ path, syncMs: 0 })
    const text = 'x'.repeat(10_000)
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => {
          const entries = new Map([['k', `${round} ${text}`]])
          return store.save(`s${i}`, 'a', { entries, all: () => entries, expiresAt: Date.now() + 60_000 })
        }),
      )
    }
    expect(statSync(path).size).toBeLessThan(8_000_000)
    await store.close()
    expect((await read('s7'))?.k).toBe(`19 ${text}`)
  })

  test('a file is read in pieces, and so are records that are larger than a piece', async () => {
    const store = fileStore({ path, syncMs: 0 })
    const owner = new StoreOwner('a')
    const lengths = [9_000_000, 9_000_000, 20_000_000, 3, 40_000_000, 5]
    for (const [i, length] of lengths.entries()) {
      await owner.save(store, 's', `k${i}`, String(i).repeat(length))
    }
    await store.close()
    const entries = await read()
    const found = lengths.map((_, i) => [entries?.[`k${i}`]?.length, entries?.[`k${i}`]?.at(-1)])
    expect(found).toEqual(lengths.map((length, i) => [length, String(i)]))
    expect(await read()).toEqual(entries)
  })

  test('another one cannot use the file meanwhile', async () => {
    const store = fileStore({ path })
    await save(store, 1)
    await expect(save(fileStore({ path }), 2)).rejects.toMatchObject({ code: 'store_in_use' })
    await store.close()
    expect(await read()).toEqual({ k1: '1' })
  })

  test('a server does not start while another uses its file, and starts when that has ended', async () => {
    const serve = () => createLiveServer({ routes: [], sessionStore: fileStore({ path }) })
    const first = serve()
    await first.listen(0, '127.0.0.1')
    await expect(serve().listen(0, '127.0.0.1')).rejects.toMatchObject({ code: 'store_in_use' })
    await first.close()
    const next = serve()
    await next.listen(0, '127.0.0.1')
    await next.close()
  })

  test.each(['a letter to somebody', JSON.stringify({ records: [] }).repeat(500), '\0'.repeat(64)])(
    'a file that is something else is left as it is, and told of',
    async (content) => {
      mkdirSync(join(folder, 'sub'))
      writeFileSync(path, content)
      await expect(save(fileStore({ path }), 1)).rejects.toMatchObject({ code: 'store_of_other_format' })
      expect(readFileSync(path, 'utf8')).toBe(content)
      // Nor is it locked.
      rmSync(path)
      const store = fileStore({ path })
      await save(store, 1)
      await store.close()
      expect(await read()).toEqual({ k1: '1' })
    },
  )

  test('a file of another format is left as it is', async () => {
    const store = fileStore({ path })
    await save(store, 1)
    await store.close()
    const bytes = readFileSync(path)
    // Its first record, with the length and the checksum before it, is gone.
    const other = bytes.subarray(8 + bytes.readUInt32LE(0))
    writeFileSync(path, other)
    await expect(save(fileStore({ path }), 2)).rejects.toMatchObject({ code: 'store_of_other_format' })
    expect(readFileSync(path).equals(other)).toBe(true)
  })

  test('what a killed process left locked is free', async () => {
    const store = fileStore({ path })
    await save(store, 1)
    await store.close()
    writeFileSync(`${path}.lock`, '4194303 1')
    expect(await read()).toEqual({ k1: '1' })
  })
})
