import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { describeInBrowser } from './chromium.ts'
import { keepScreenshot } from './demo.ts'
import { useDemo } from './demo-in-browser.ts'

const run = promisify(execFile)

describeInBrowser('the demo in Chromium', () => {
  const demo = useDemo()
  const opened: Page[] = []
  const open: typeof demo.open = async (path, options) => {
    const page = await demo.open(path, options)
    opened.push(page)
    return page
  }

  // Whoever is still in the chat is counted there.
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.context().close()
  })

  const live = (page: Page) => page.getByText('Live', { exact: true }).first().waitFor()

  test('a counter counts on the server, and a shared one in every tab', async () => {
    const [one, two] = [await open('counter'), await open('counter')]
    const counter = one.getByRole('button', { name: /^Clicked/ })
    for (const n of [1, 2, 3]) {
      await counter.click()
      await one.getByRole('button', { name: `Clicked ${n} times` }).waitFor()
    }
    expect(await two.getByRole('button', { name: /^Clicked/ }).textContent()).toBe('Clicked 0 times')
    await one.getByRole('button', { name: 'Add one' }).click()
    await two.getByText('1 click by everyone').waitFor()
  })

  test('two browsers see one market: a trade shows in both, with the name of who made it, and what one holds is his own', async () => {
    const [one, two] = [await open('market'), await open('market')]
    await one.getByRole('button', { name: 'Pause the market' }).click()
    await two.getByRole('button', { name: 'Open the market' }).waitFor()
    const name = (await one.getByRole('heading', { name: /^You are/ }).textContent())?.slice(
      'You are '.length,
    )
    await one.getByRole('button', { name: 'Buy LOOM' }).click()
    await two.getByText(`${name} bought LOOM at`).waitFor()
    await one.getByLabel('What you hold').getByText('LOOM').waitFor()
    expect(await two.getByLabel('What you hold').getByText('LOOM').count()).toBe(0)
    const board = (page: Page) => page.getByRole('table').textContent()
    await one.getByText(`${name} bought LOOM at`).waitFor()
    expect(await one.getByRole('table').innerHTML()).toBe(await two.getByRole('table').innerHTML())
    await two.getByRole('button', { name: 'Open the market' }).click()
    const before = await board(one)
    await one.waitForFunction((text) => document.querySelector('table')?.textContent !== text, before)
    await one.getByRole('button', { name: 'Pause the market' }).waitFor()
  })

  test('two browsers in one chat', async () => {
    const [one, two] = [await open('rooms/general'), await open('rooms/general')]
    await one.getByText('2 people here').waitFor()
    await one.getByLabel('Your name').fill('Ada')
    const message = `Good morning ${'<b>&'} 👋`
    await one.getByLabel('Message').fill(message)
    await one.getByRole('button', { name: 'Send' }).click()
    await two.getByText(message).waitFor()
    // The other one may have it before its sender has heard that it is stored.
    while ((await one.getByLabel('Message').inputValue()) !== '') await one.waitForTimeout(20)
    // What is half typed in the other browser stays there when a message arrives.
    await two.getByLabel('Message').fill('half an ans')
    await one.getByLabel('Message').fill('Still there?')
    await one.getByLabel('Message').press('Enter')
    await two.getByText('Still there?').waitFor()
    expect(await two.getByLabel('Message').inputValue()).toBe('half an ans')
    // Who is here: the name that the other browser gave itself, until that leaves.
    const here = (page: Page) => page.getByRole('list', { name: 'Who is here' })
    await here(two).getByText('Ada', { exact: true }).waitFor()
    await two.getByLabel('Your name').fill('Bo')
    await here(one).getByText('Bo', { exact: true }).waitFor()
    await keepScreenshot(two, 'chat-two-browsers')
    await two.context().close()
    await here(one).getByText('Bo', { exact: true }).waitFor({ state: 'detached' })
    await one.getByText('You are alone here', { exact: true }).waitFor()
  })

  test('curl to the hook changes an open board', async () => {
    const page = await open('orders')
    await page.getByRole('columnheader', { name: 'Customer' }).waitFor()
    const command = (await page.locator('.curl code').textContent()) as string
    expect(command).toContain(`curl -X POST ${demo.url}/hooks/orders`)
    const body = JSON.stringify({
      customer: 'Northwind Tea',
      items: ['Kettle'],
      total: 41.25,
      currency: 'EUR',
    })
    await run('curl', [
      '-sS',
      '-X',
      'POST',
      `${demo.url}/hooks/orders`,
      '-H',
      'content-type: application/json',
      '-d',
      body,
    ])
    const row = page.getByRole('row', { name: /Northwind Tea/ })
    await row.waitFor()
    await row.getByRole('button', { name: 'Pack' }).click()
    await row.getByText('packed').waitFor()
    await run('sh', ['-c', command])
    await page
      .getByRole('row', { name: /Harbour Books/ })
      .first()
      .waitFor()
    await keepScreenshot(page, 'orders-after-curl')
  })

  test('state in a client component stays with its row when the server sorts them', async () => {
    const page = await open('orders')
    const third = page.locator('.flag').nth(2)
    const label = (await third.getAttribute('aria-label')) as string
    await third.click()
    const totals = async () => {
      const texts = await page.locator('tbody .total').allTextContents()
      return texts.map((text) => Number(text.replace(/[^\d.]/g, '')))
    }
    const before = await totals()
    const sorted = before.toSorted((one, other) => other - one)
    expect(before).not.toEqual(sorted)
    await page.getByRole('button', { name: 'Largest first', pressed: false }).click()
    await page.getByRole('button', { name: 'Largest first', pressed: true }).waitFor()
    expect(await totals()).toEqual(sorted)
    expect(await page.getByLabel(label, { exact: true }).getAttribute('aria-pressed')).toBe('true')
    expect(await page.locator('.flag[aria-pressed=true]').count()).toBe(1)
    await keepScreenshot(page, 'orders-sorted')
  })

  test('the feed fills the board while it is on', async () => {
    const page = await open('orders')
    const rows = page.getByRole('row')
    await rows.first().waitFor()
    const before = await rows.first().locator('xpath=following::tr[1]').textContent()
    const feed = page.getByRole('switch').or(page.getByRole('checkbox')).first()
    await feed.click()
    await page.waitForFunction((text) => document.querySelectorAll('tr')[1]?.textContent !== text, before)
    await feed.click()
  })

  test('slow sections come one by one, and stay while they are reloaded', async () => {
    const page = await open('slow')
    await page.locator('.slow-sections .skeleton').first().waitFor()
    await page.waitForFunction(() => document.querySelectorAll('.slow-sections .skeleton').length === 0)
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByText('Run 2.').waitFor()
    expect(await page.locator('.slow-sections .skeleton').count()).toBe(0)
  })

  test('state in the chart, a client component, survives the server’s updates', async () => {
    const page = await open('chart')
    await page.locator('.recharts-line, .recharts-area').first().waitFor()
    await page
      .getByRole('button', { name: 'Memory' })
      .or(page.getByText('Memory', { exact: true }))
      .first()
      .click()
    const uptime = () => page.locator('.tiles').first().textContent()
    const before = await uptime()
    await page.waitForFunction((text) => document.querySelector('.tiles')?.textContent !== text, before)
    await page
      .getByText(/heap|resident|memory/i)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Mark this moment' }).click()
    await page
      .getByText(/^Mark \d+ at/)
      .first()
      .waitFor()
    await keepScreenshot(page, 'chart-memory')
  })

  test('one connection carries all live roots of a page', async () => {
    const page = await demo.browser.visit('about:blank')
    let sockets = 0
    page.on('websocket', () => sockets++)
    await page.goto(`${demo.url}/counter`)
    await live(page)
    await page.getByRole('button', { name: 'Add one' }).waitFor()
    await page.getByRole('link', { name: 'Orders' }).click()
    await page.getByRole('columnheader', { name: 'Customer' }).waitFor()
    expect(sockets).toBe(1)
  })
})
