import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore } from 'liveroot/server'
import { Child } from '../processes/child.ts'

jest.setTimeout(120_000)

let folder: string
let path: string
const children: Child[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liveroot-store-'))
  path = join(folder, 'sessions.log')
})
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
  rmSync(folder, { recursive: true })
})

function start(): Child {
  const child = Child.start(new URL('./file-user.ts', import.meta.url))
  children.push(child)
  return child
}

async function read(session: string): Promise<Record<string, string> | null> {
  const store = fileStore({ path })
  const entries = await store.load(session)
  await store.close()
  return entries && Object.fromEntries(entries)
}

/** Files of that process may have no more bytes than this: the system takes a part of a write, as from a full disk. */
function limitFiles({ pid }: Child, bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
  if (status !== 0) throw new Error(String(stderr))
}

const text = 'x'.repeat(1_000)

describe('a disk that is full', () => {
  async function fill(child: Child): Promise<number> {
    for (let n = 0; n < 100; n++) {
      const code = await child.ask<string | null>('save', ['s', `k${n}`, text])
      if (code !== null) {
        expect(code).toBe('EFBIG')
        return n
      }
    }
    throw new Error('It is not full.')
  }

  test('refuses saves, keeps what it has, and takes all that comes when there is room again', async () => {
    const child = start()
    await child.ask('open', path)
    await child.ask('save', ['gone', 'k', 'v'])
    limitFiles(child, 20_500)
    const saved = await fill(child)
    expect(saved).toBeGreaterThan(10)
    expect(await child.ask('save', ['large', 'k', text.repeat(20)])).toBe('EFBIG')
    // Nobody asks a second time for this one.
    expect(await child.ask('remove', 'gone')).toBe('EFBIG')
    // Half a record, or half a new file, does not stay.
    expect(readdirSync(folder).sort()).toEqual(['sessions.log', 'sessions.log.lock'])
    limitFiles(child, 'unlimited')
    expect(await child.ask('save', ['s', 'last', text])).toBeNull()
    await child.kill()
    const keys = Object.keys((await read('s')) ?? {})
    expect(keys).toEqual(expect.arrayContaining([...Array(saved).keys()].map((n) => `k${n}`)))
    expect(keys).toContain('last')
    expect(await read('gone')).toBeNull()
    expect(await read('large')).toEqual({ k: text.repeat(20) })
  })

  test('what was saved before is there after a crash, and the store can be used', async () => {
    const child = start()
    await child.ask('open', path)
    limitFiles(child, 20_500)
    const saved = await fill(child)
    await child.kill()
    expect(Object.keys((await read('s')) ?? {})).toHaveLength(saved)
  })
})

test('of processes that come at once one has the file, whatever a killed one left', async () => {
  const users = [start(), start(), start()]
  for (let round = 0; round < 60; round++) {
    const file = `${path}-${round}`
    writeFileSync(`${file}.lock`, '4194303 1')
    const locked = await Promise.all(users.map((user) => user.ask<boolean>('lock', file)))
    expect(locked.filter((has) => has)).toHaveLength(1)
    expect(existsSync(`${file}.lock`)).toBe(true)
  }
})
