import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionEntries, SessionSave, SessionStore } from '../server/session-store.ts'

/** One rule that a store keeps; `run` rejects where it does not. */
export interface ConformanceCase {
  readonly name: string
  run(): Promise<void>
}

/**
 * The rules that every session store keeps, for the tests of one:
 *
 * ```ts
 * for (const { name, run } of sessionStoreConformance(() => myStore())) test(name, run)
 * ```
 *
 * @param open opens the store; called again after the one before was closed, it finds what that one saved, if
 *   `outlivesProcess` says so. Sessions have random names: leftovers do no harm.
 */
export function sessionStoreConformance(
  open: () => SessionStore | Promise<SessionStore>,
): readonly ConformanceCase[] {
  return Object.entries(rules).map(([name, rule]) => ({
    name,
    async run() {
      const context = new Context(open)
      try {
        await rule(context, `test-${randomUUID()}`)
      } finally {
        await context.close()
      }
    },
  }))
}

class Context {
  private store: SessionStore | null = null

  constructor(private readonly openStore: () => SessionStore | Promise<SessionStore>) {}

  async open(): Promise<SessionStore> {
    this.store ??= await this.openStore()
    return this.store
  }

  async reopen(): Promise<SessionStore> {
    await this.close()
    return this.open()
  }

  async close(): Promise<void> {
    await this.store?.close()
    this.store = null
  }
}

/** A save of `changes` to a session that has `whole` afterwards. */
function saveOf(
  changes: Readonly<Record<string, string | null>>,
  whole: Readonly<Record<string, string>>,
  ttlMs = 60_000,
): SessionSave {
  return {
    entries: new Map(Object.entries(changes)),
    all: () => new Map(Object.entries(whole)),
    expiresAt: Date.now() + ttlMs,
  }
}

const first = (entries: Readonly<Record<string, string>>, ttlMs?: number) => saveOf(entries, entries, ttlMs)

function expectEntries(entries: SessionEntries | null, expected: Readonly<Record<string, string>>): void {
  assert.ok(entries !== null, 'the session is not there')
  assert.deepEqual(Object.fromEntries([...entries].sort()), expected)
}

const taken = { code: 'session_taken' }

const rules: Readonly<Record<string, (context: Context, session: string) => Promise<void>>> = {
  async 'a session that was never saved is not there, and asking makes none'(context, session) {
    const store = await context.open()
    assert.equal(await store.claim(session, 'a'), null)
    assert.equal(await store.claim(session, 'b'), null)
    await store.save(session, 'c', first({ k: 'v' }))
    expectEntries(await store.claim(session, 'c'), { k: 'v' })
  },

  async 'changes are added to what was saved before'(context, session) {
    const store = await context.open()
    await store.save(session, 'a', first({ one: '1', two: '2', three: '3' }))
    await store.save(session, 'a', saveOf({ two: null, three: '33' }, { one: '1', three: '33' }))
    await store.save(session, 'a', saveOf({ four: '' }, { one: '1', three: '33', four: '' }))
    expectEntries(await store.claim(session, 'b'), { four: '', one: '1', three: '33' })
  },

  async 'any text and any key of printable characters come back'(context, session) {
    const store = await context.open()
    const texts = {
      'r1:0.:a\\2e;/x y"ä': 'line\nline\0\u2028 "quoted" 😀 \ud800',
      __proto__: '1',
      '': '2',
      '.owner': '3',
    }
    const entries = new Map(Object.entries(texts))
    entries.set('__proto__', '4')
    await store.save(session, 'a', { entries, all: () => entries, expiresAt: Date.now() + 60_000 })
    const back = await store.claim(session, 'a')
    for (const [key, text] of entries) {
      // A half of a surrogate pair is no character: it may be lost on the way.
      assert.equal(back?.get(key)?.replace(/[\ud800\ufffd]/g, ''), text.replace('\ud800', ''), `key ${key}`)
    }
    assert.equal(back?.size, entries.size)
  },

  async 'sessions do not see each other'(context, session) {
    const store = await context.open()
    await Promise.all([
      store.save(`${session}-1`, 'a', first({ k: 'one' })),
      store.save(`${session}-2`, 'a', first({ k: 'two' })),
    ])
    await store.remove(`${session}-1`, 'a')
    assert.equal(await store.claim(`${session}-1`, 'b'), null)
    expectEntries(await store.claim(`${session}-2`, 'b'), { k: 'two' })
  },

  async 'who claimed a session last is its owner, and nobody else saves it'(context, session) {
    const store = await context.open()
    await store.save(session, 'a', first({ k: '1' }))
    await store.claim(session, 'b')
    await assert.rejects(store.save(session, 'a', saveOf({ k: '2' }, { k: '2' })), taken)
    await store.save(session, 'b', saveOf({ k: '3' }, { k: '3' }))
    await store.remove(session, 'a')
    expectEntries(await store.claim(session, 'c'), { k: '3' })
    await assert.rejects(store.save(session, 'b', saveOf({ k: '4' }, { k: '4' })), taken)
  },

  async 'who looks at a session takes it from nobody'(context, session) {
    const store = await context.open()
    assert.equal(await store.load(session), null)
    await store.save(session, 'a', first({ k: '1' }))
    expectEntries(await store.load(session), { k: '1' })
    await store.save(session, 'a', saveOf({ k: '2' }, { k: '2' }))
    await store.claim(session, 'b')
    await store.save(session, 'b', saveOf({ k: null, other: '3' }, { other: '3' }))
    expectEntries(await store.load(session), { other: '3' })
    await assert.rejects(store.save(session, 'a', saveOf({ k: '4' }, { k: '4' })), taken)
    await store.remove(session, 'b')
    assert.equal(await store.load(session), null)
  },

  async 'a session that is not as it was seen any more stays with its owner'(context, session) {
    const store = await context.open()
    await store.save(session, 'a', first({ k: '1', other: '1' }))
    await store.save(session, 'a', saveOf({ k: '2' }, { k: '2', other: '1' }))
    assert.equal(await store.claim(session, 'b', ['k', '1']), null)
    assert.equal(await store.claim(session, 'b', ['missing', '1']), null)
    await store.save(session, 'a', saveOf({ other: '2' }, { k: '2', other: '2' }))
    expectEntries(await store.claim(session, 'b', ['k', '2']), { k: '2', other: '2' })
    await assert.rejects(store.save(session, 'a', saveOf({ k: '3' }, { k: '3', other: '2' })), taken)
  },

  async 'sessions that are saved in one turn are saved as by themselves, where a store can'(
    context,
    session,
  ) {
    const store = await context.open()
    const other = `${session}-other`
    await store.save(session, 'a', first({ k: '1' }))
    await store.save(other, 'a', first({ k: '1' }))
    await store.claim(other, 'b')
    const saved = store.saveNow?.([
      { session, owner: 'a', ...saveOf({ k: '2' }, { k: '2' }) },
      { session: other, owner: 'a', ...saveOf({ k: '2' }, { k: '2' }) },
      { session: `${session}-new`, owner: 'a', ...saveOf({ k: '2' }, { k: '2', whole: '2' }) },
    ])
    if (saved === undefined) return
    assert.deepEqual(saved, [true, false, true], 'the second one has another owner')
    const { outlivesProcess } = store
    const again = outlivesProcess ? await context.reopen() : store
    expectEntries(await again.load(session), { k: '2' })
    expectEntries(await again.load(other), { k: '1' })
    expectEntries(await again.load(`${session}-new`), { k: '2', whole: '2' })
  },

  async 'of owners that claim at once one is left'(context, session) {
    const store = await context.open()
    await store.save(session, 'a', first({ k: '0' }))
    const owners = ['b', 'c', 'd', 'e']
    await Promise.all(owners.map((owner) => store.claim(session, owner)))
    const saves = await Promise.allSettled(
      owners.map((owner) => store.save(session, owner, saveOf({ k: owner }, { k: owner }))),
    )
    const winners = owners.filter((_, i) => saves[i]?.status === 'fulfilled')
    assert.equal(winners.length, 1)
    expectEntries(await store.claim(session, 'f'), { k: winners[0] as string })
  },

  async 'a session that nobody saved until its expiry is gone'(context, session) {
    const store = await context.open()
    await store.save(session, 'a', first({ k: '1' }, 50))
    await store.save(`${session}-kept`, 'a', first({ k: '1' }, 50))
    await store.save(`${session}-kept`, 'a', saveOf({ k: '2' }, { k: '2' }))
    await sleep(120)
    assert.equal(await store.load(session), null)
    assert.equal(await store.claim(session, 'b'), null)
    expectEntries(await store.claim(`${session}-kept`, 'b'), { k: '2' })
  },

  async 'a session that is gone is made again, whole, by the next save'(context, session) {
    const store = await context.open()
    await store.save(session, 'a', first({ one: '1' }, 50))
    await sleep(120)
    await store.save(session, 'a', saveOf({ two: '2' }, { one: '1', two: '2' }))
    expectEntries(await store.claim(session, 'a'), { one: '1', two: '2' })
  },

  async 'what was saved is there when the store is opened again'(context, session) {
    let store = await context.open()
    if (!store.outlivesProcess) return
    await store.save(session, 'a', first({ one: '1', two: '2' }))
    await store.save(session, 'a', saveOf({ two: null, three: '3' }, { one: '1', three: '3' }))
    await store.save(`${session}-gone`, 'a', first({ k: '1' }))
    await store.remove(`${session}-gone`, 'a')
    await store.claim(session, 'b')
    store = await context.reopen()
    await assert.rejects(store.save(session, 'a', saveOf({ one: '0' }, { one: '0' })), taken)
    await store.save(session, 'b', saveOf({ one: '11' }, { one: '11', three: '3' }))
    store = await context.reopen()
    expectEntries(await store.claim(session, 'c'), { one: '11', three: '3' })
    assert.equal(await store.claim(`${session}-gone`, 'c'), null)
  },

  async 'large sessions, and many saves at once'(context, session) {
    const store = await context.open()
    const rows = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [`r1:${i}`, `0\nrow ${i}`.repeat(4)]),
    )
    await store.save(session, 'a', first(rows))
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        await store.save(`${session}-${i}`, 'a', first({ n: '0' }))
        for (let n = 1; n <= 4; n++) {
          await store.save(`${session}-${i}`, 'a', saveOf({ n: `${n}` }, { n: `${n}` }))
        }
      }),
    )
    assert.equal((await store.claim(session, 'b'))?.size, 2_000)
    for (let i = 0; i < 50; i++) expectEntries(await store.claim(`${session}-${i}`, 'b'), { n: '4' })
  },
}
