import '../../src/testing/webpack-globals.ts'
import { JSDOM } from 'jsdom'

/** A DOM for tests that run in Node's environment; import it before react-dom. */
export const { window: testWindow } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' })

const names = [
  'window',
  'document',
  'navigator',
  'Element',
  'HTMLElement',
  'HTMLFormElement',
  'Event',
  'Node',
] as const
for (const name of names) {
  const value = name === 'window' ? testWindow : testWindow[name]
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
