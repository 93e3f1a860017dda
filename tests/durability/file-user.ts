// A process that uses files of session stores.
import { lockFile } from '../../src/server/file-lock.ts'
import { fileStore, type SessionStore } from '../../src/server/index.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { StoreOwner } from './store-owner.ts'

let store: SessionStore
const owner = new StoreOwner('owner')

const codeOf = (error: unknown) => (error as { code?: string }).code ?? String(error)

answerParent({
  open: async (path: string) => {
    store = fileStore({ path })
    await store.load('nobody')
  },
  /** Saves one entry of a session. Returns null, or the code of what went wrong. */
  save: ([session, key, text]: [string, string, string]) =>
    owner.save(store, session, key, text).then(() => null, codeOf),
  remove: (session: string) => store.remove(session, 'owner').then(() => null, codeOf),
  close: () => store.close(),
  /** Tells whether it has the lock now. */
  lock: (path: string) => {
    try {
      lockFile(path)
      return true
    } catch (error) {
      if (codeOf(error) === 'store_in_use') return false
      throw error
    }
  },
})
