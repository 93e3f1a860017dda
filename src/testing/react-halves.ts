import { AsyncLocalStorage } from 'node:async_hooks'
import { sharedInternals } from '../live/shared-internals.ts'

const serverHalf = new AsyncLocalStorage<true>()

/** Runs what the server does in its half of a test; what it starts to do later counts too. */
export function onServerHalf<T>(run: () => T): T {
  return serverHalf.run(true, run)
}

let loaded: Promise<typeof import('react-dom/client')> | undefined

/**
 * Loads React DOM. React tells every renderer of a process of every async action, and each then waits with its own
 * transitions until the action ends: in a test, the browser half would wait for the server half.
 */
export function loadReactDom(): Promise<typeof import('react-dom/client')> {
  loaded ??= loadApart()
  return loaded
}

async function loadApart(): Promise<typeof import('react-dom/client')> {
  const ofServer = sharedInternals.S
  sharedInternals.S = null
  const dom = await import('react-dom/client')
  const ofBrowser = sharedInternals.S
  sharedInternals.S =
    ofBrowser === null
      ? // It was loaded before, and has the server's behind its own already.
        ofServer
      : (transition, result) => (serverHalf.getStore() ? ofServer : ofBrowser)?.(transition, result)
  return dom
}
