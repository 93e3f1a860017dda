import type { Page } from 'playwright-core'
import { type Demo, startDemo, TestBrowser } from './demo.ts'

/** The demo and a browser, for the tests of one file. */
export interface DemoInBrowser {
  readonly url: string
  readonly browser: TestBrowser
  /** A page of the demo, in a browser of its own. */
  open(path: string, options?: Parameters<TestBrowser['visit']>[1]): Promise<Page>
}

/** Starts both before the first test of a `describe`, and ends them after the last. No page may complain meanwhile. */
export function useDemo(): DemoInBrowser {
  let demo: Demo
  let browser: TestBrowser

  beforeAll(async () => {
    demo = await startDemo()
    browser = await TestBrowser.launch()
  })

  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  afterEach(() => {
    expect(browser.complaints.splice(0)).toEqual([])
  })

  return {
    get url() {
      return demo.url
    },
    get browser() {
      return browser
    },
    open: (path, options) => browser.visit(`${demo.url}/${path}`, options),
  }
}
