import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import vm from 'node:vm'

export interface ClientResult {
  decoded: { named: Record<string, unknown>; element: unknown }
  Panel: unknown
  /** What went up when the page called server functions. */
  sent: string[]
  /** Whether a stub of the entry is a server function to the bundle's client. */
  isKnown: boolean
  /** What the page fetched after its first script, in order. */
  fetched: string[]
}

/** Evaluates the client bundle in a page that has just enough of a DOM for webpack to load chunks. */
export function runClient(directory: string, payload: string): Promise<ClientResult> {
  return new Promise((resolve, reject) => {
    const fetched: string[] = []
    const run = (file: string) => vm.runInContext(readFileSync(join(directory, file), 'utf8'), context)
    const load = (element: FakeElement) => {
      const file = (element.src ?? element.href ?? '').replace('/assets/', '')
      fetched.push(file)
      if (element.src) run(file)
      element.onload?.({ type: 'load' })
    }
    const page: Record<string, unknown> = {
      ...{
        console,
        performance,
        Response,
        ReadableStream,
        TextDecoder,
        TextEncoder,
        setTimeout,
        clearTimeout,
        setInterval: (action: () => void, delayMs: number) => setInterval(action, delayMs).unref(),
        clearInterval,
        addEventListener() {},
        removeEventListener() {},
        URL,
      },
      ...{ fail: reject, payload },
      document: {
        addEventListener() {},
        removeEventListener() {},
        createElement: (): FakeElement => ({
          setAttribute() {},
          getAttribute() {},
          removeAttribute() {},
          style: {},
        }),
        getElementsByTagName: () => [],
        querySelectorAll: () => [],
        head: { appendChild: (element: FakeElement) => void setTimeout(guard(load), 0, element) },
      },
      location: { href: 'http://localhost/' },
      report: (result: Omit<ClientResult, 'fetched'>) => resolve({ ...result, fetched }),
    }
    page.self = page.window = page
    const context = vm.createContext(page)
    guard(run)('main.js')

    function guard<T>(action: (value: T) => void) {
      return (value: T) => {
        try {
          action(value)
        } catch (error) {
          reject(error)
        }
      }
    }
  })
}

interface FakeElement {
  src?: string
  href?: string
  onload?: (event: { type: string }) => void
  [name: string]: unknown
}
