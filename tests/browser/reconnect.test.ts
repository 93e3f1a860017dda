import { describeInBrowser } from './chromium.ts'
import { type Demo, startDemo, TestBrowser } from './demo.ts'

describeInBrowser('a lost connection in Chromium', () => {
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

  test('the page says so, comes back by itself, and keeps what was half typed', async () => {
    const page = await browser.visit(`${demo.url}/rooms/general`)
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Message').fill('half a sentence')
    await demo.stop()
    await page.getByText('Live', { exact: true }).first().waitFor({ state: 'hidden' })
    demo = await startDemo(Number(new URL(demo.url).port))
    await page.getByText('Live', { exact: true }).first().waitFor()
    expect(await page.getByLabel('Message').inputValue()).toBe('half a sentence')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.messages').getByText('half a sentence').waitFor()
  })
})
