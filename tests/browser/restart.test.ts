import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import type { Page } from 'playwright-core'
import { describeInBrowser } from './chromium.ts'
import { type Demo, startDemo, TestBrowser } from './demo.ts'

/** One that nobody uses: the server must be found on it again. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describeInBrowser('a server that is started again, in Chromium', () => {
  const changedBundle = 'changed.cjs'
  let port: number
  let demo: Demo
  let browser: TestBrowser

  beforeAll(async () => {
    port = await freePort()
    demo = await startDemo(port)
    browser = await TestBrowser.launch()
  })

  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
    rmSync(`build/server/${changedBundle}`, { force: true })
    rmSync(`build/sessions/${port}.log`, { force: true })
  })

  async function kill(page: Page): Promise<void> {
    await demo.stop('SIGKILL')
    await page.getByText('Live', { exact: true }).first().waitFor({ state: 'hidden' })
  }

  async function isBack(page: Page): Promise<void> {
    await page.getByText('Live', { exact: true }).first().waitFor({ timeout: 60_000 })
  }

  test('what was half typed survives `kill -9`, wherever its state is, and the form goes on', async () => {
    const page = await browser.visit(`${demo.url}/sign-up`)
    await page.getByLabel('User name').fill('ada_lovelace')
    // The state of this form is the server's.
    await page.getByLabel('Email').pressSequentially('ada@exam')
    await page.getByRole('textbox', { name: 'Password' }).fill('correct-horse-battery-7')
    await kill(page)
    // This comes while there is no server.
    await page.getByLabel('Email').press('End')
    await page.getByLabel('Email').pressSequentially('ple.org')
    demo = await startDemo(port)
    await isBack(page)
    expect(await page.getByLabel('User name').inputValue()).toBe('ada_lovelace')
    expect(await page.getByLabel('Email').inputValue()).toBe('ada@example.org')
    await page.getByLabel('Country').selectOption({ index: 3 })
    await page.getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('Welcome, ada_lovelace').waitFor()
  })

  test('state of client components and what the browser itself keeps survive it too', async () => {
    const page = await browser.visit(`${demo.url}/rooms/general`)
    const name = page.getByLabel('Your name')
    await name.fill('Ada')
    await page.getByLabel('Message').pressSequentially('half a sentence')
    // A client component counts what is typed: its state is nowhere but in the browser's React.
    await page.getByText('15 / 500').waitFor()
    // From now on the name is in the state of its component, and nowhere else.
    await page.evaluate(() => localStorage.clear())
    await kill(page)
    demo = await startDemo(port)
    await isBack(page)
    expect(await name.inputValue()).toBe('Ada')
    expect(await page.getByLabel('Message').inputValue()).toBe('half a sentence')
    expect(await page.getByLabel('Message').evaluate((field) => field === document.activeElement)).toBe(true)
    expect(await page.getByLabel('Characters').textContent()).toBe('15 / 500')
    await page.getByLabel('Message').pressSequentially('!')
    await page.getByText('16 / 500').waitFor()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.messages').getByText('half a sentence!').waitFor()
  })

  test('after a deploy, the changed component starts afresh and its neighbours keep their state', async () => {
    const page = await browser.visit(`${demo.url}/seven-guis`)
    const counter = page.getByRole('region', { name: 'Counter' })
    const temperature = page.getByRole('region', { name: 'Temperature' })
    for (let i = 0; i < 3; i++) await counter.getByRole('button').click()
    await counter.getByText('3', { exact: true }).waitFor()
    await temperature.getByLabel('Celsius').fill('100')
    await page.waitForFunction(() => document.querySelector('[data-live-pending]') === null)

    const built = readFileSync('build/server/main.cjs', 'utf8')
    const changed = built.replace('(n)=>n + 1', '(n)=>n + 100')
    expect(changed).not.toBe(built)
    writeFileSync(`build/server/${changedBundle}`, changed)
    await demo.stop()
    demo = await startDemo(port, {}, changedBundle)
    await isBack(page)
    await counter.getByText('0', { exact: true }).waitFor()
    await counter.getByRole('button').click()
    await counter.getByText('100', { exact: true }).waitFor()
    expect(await temperature.getByLabel('Celsius').inputValue()).toBe('100')
    expect(await temperature.getByLabel('Fahrenheit').inputValue()).toBe('212')
  })
})
