import type { LiveScreen } from 'liveroot/testing'
import '../support/dom-form-data.ts'

export { until } from '../support/until.ts'

export function html({ container }: LiveScreen): string {
  return container.innerHTML
}

export function text({ container }: LiveScreen): string {
  return container.textContent ?? ''
}

export async function click(screen: LiveScreen, selector = 'button'): Promise<void> {
  const element = screen.container.querySelector<HTMLElement>(selector)
  if (element === null) throw new Error(`There is no ${selector} in ${html(screen)}`)
  element.click()
  await screen.settled()
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** The frames that came since message number `from`. */
export function framesSince({ traffic }: LiveScreen, from: number): string[] {
  return traffic.slice(from).flatMap(({ up, data }) => {
    const message = typeof data === 'string' ? data : Buffer.from(data).toString()
    return !up && message.startsWith('f') ? [message] : []
  })
}

/** A promise and its `resolve` and `reject`. */
export function deferred<T = void>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((res, rej) => {
    resolve = res
    reject = rej
  })
  return { promise, resolve, reject }
}

/** For tests in which React is meant to meet errors: it writes each to the console. */
export function quietConsole(): void {
  let spy: jest.SpyInstance
  beforeEach(() => {
    spy = jest.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterEach(() => spy.mockRestore())
}
