import { connectTo } from '../support/connect-to.ts'
import { openPage, type Page } from '../support/page.tsx'

/** A page that clicks all the time, beside those that are attacked. */
export class BystanderPage {
  private readonly page: Page
  private clicks = 0

  constructor(port: number) {
    this.page = openPage(connectTo(port))
    this.page.show('/counter')
    void this.run()
  }

  private async run(): Promise<never> {
    for (;;) {
      const button = this.page.container.querySelector('button')
      if (button !== null && button.textContent === String(this.clicks)) {
        this.clicks++
        button.click()
      }
      // It shall notice, and not take the time of the others.
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Resolves with how often it has clicked, once it has again. */
  async another(): Promise<number> {
    const before = this.clicks
    while (this.clicks === before) await new Promise((resolve) => setTimeout(resolve, 1))
    return this.clicks
  }
}
