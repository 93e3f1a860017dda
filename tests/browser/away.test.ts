import { route } from 'liveroot/server'
import type { BrowserContext, Page } from 'playwright-core'
import { createElement } from 'react'
import { Away } from '../../fixtures/away/away.tsx'
import { startTcpProxy, type TcpProxy } from '../../src/testing/tcp-proxy.ts'
import { until } from '../support/until.ts'
import { describeInBrowser } from './chromium.ts'
import { TestBrowser } from './demo.ts'
import { type FarPage, type FarPageOptions, startFarPage } from './far-page.ts'

/** How long pages are away; a minute is `LIVEROOT_AWAY_MS=60000`. */
const awayMs = Number(process.env.LIVEROOT_AWAY_MS ?? 3_000)

const slow = { latencyMs: 30, jitterMs: 20, entry: 'fixtures/away/client.tsx' }

describeInBrowser('a page that is away for a while, in Chromium', () => {
  let browser: TestBrowser
  let far: FarPage
  /** The cable between the page and its slow connection. */
  let cable: TcpProxy
  let clicks = 0
  let trees = 0

  beforeAll(async () => {
    browser = await TestBrowser.launch()
  })
  afterEach(async () => {
    await cable?.close()
    await far?.close()
    // A browser says that it has no network; nothing else is wrong.
    expect(browser.complaints.splice(0).filter((text) => !text.includes('WebSocket'))).toEqual([])
  })
  afterAll(() => browser?.close())

  async function open(options: Partial<FarPageOptions> = {}): Promise<Page> {
    clicks = 0
    trees = 0
    const Route = () => createElement(Away, { clicked: () => void clicks++, mounted: () => void trees++ })
    far = await startFarPage([route('/away', Route)], { ...slow, ...options })
    cable = await startTcpProxy({ host: '127.0.0.1', port: far.network.port })
    const page = await browser.visit(url())
    await page.getByRole('button', { name: 'Clicked 0' }).waitFor()
    return page
  }

  const url = () => `http://${cable.host}:${cable.port}/away`
  const banner = (page: Page) => page.locator('[data-live-banner]')
  const clicked = (page: Page, count: number) =>
    page.getByRole('button', { name: `Clicked ${count}`, exact: true })

  const onServer = (page: Page, title: string) =>
    page.locator('[aria-label="Title on the server"]', { hasText: new RegExp(`^${title}$`) }).waitFor()

  /** No network, for the browser and for what is open. */
  async function goOffline(page: Page): Promise<void> {
    // What is open only hangs by that; here it breaks, too.
    await page.context().setOffline(true)
    cable.down = true
    cable.cut()
    await banner(page).waitFor()
  }

  async function comeBack(page: Page): Promise<void> {
    cable.down = false
    await page.context().setOffline(false)
    await banner(page).waitFor({ state: 'detached' })
  }

  /** Half a form, a counter of the browser's own, and a place in a list. */
  async function leaveTraces(page: Page): Promise<void> {
    await page.getByLabel('Title', { exact: true }).pressSequentially('half a ti')
    await page.getByRole('button', { name: 'Here' }).click({ clickCount: 3 })
    await page.locator('ol').evaluate((list) => {
      list.scrollTop = 900
    })
    await page.getByLabel('Note').pressSequentially('a note in the making')
    for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowLeft')
  }

  const traces = (page: Page) =>
    page.evaluate(() => {
      const { activeElement } = document
      const note = document.querySelector('textarea') as HTMLTextAreaElement
      return {
        title: document.querySelector('input')?.value,
        note: note.value,
        caret: note.selectionStart,
        focused: activeElement?.getAttribute('aria-label'),
        scrolled: document.querySelector('ol')?.scrollTop,
        here: document.querySelector('button')?.textContent,
      }
    })

  const left = {
    title: 'half a ti',
    note: 'a note in the making',
    caret: 13,
    focused: 'Note',
    scrolled: 900,
    here: 'Here 3',
  }

  test('offline: what was half typed stays, clicks made meanwhile run once, and the page is in step again', async () => {
    const page = await open({ limits: { sessionGraceMs: awayMs + 60_000 } })
    await leaveTraces(page)
    await clicked(page, 0).click()
    await clicked(page, 1).waitFor()
    await goOffline(page)
    for (let i = 0; i < 5; i++) await clicked(page, 1).evaluate((button: HTMLElement) => button.click())
    await page.getByLabel('Title', { exact: true }).press('End')
    await page.getByLabel('Title', { exact: true }).pressSequentially('tle')
    await page.getByLabel('Note').focus()
    await banner(page).getByText('8 changes wait to be sent.').waitFor()
    await page.waitForTimeout(awayMs)
    expect(clicks).toBe(1)
    await comeBack(page)
    await clicked(page, 6).waitFor()
    await onServer(page, 'half a title')
    expect(clicks).toBe(6)
    expect(await traces(page)).toEqual({ ...left, title: 'half a title' })
    await page.keyboard.type('*')
    expect(await page.getByLabel('Note').inputValue()).toBe('a note in the* making')
    expect([trees, far.server.sessions]).toEqual([1, 1])
    await page.context().close()
  })

  test('offline past the grace: the tree is another, and what the browser has stays', async () => {
    const page = await open({ limits: { sessionGraceMs: 200 } })
    await leaveTraces(page)
    await goOffline(page)
    await until(() => far.server.sessions === 0)
    await comeBack(page)
    await until(() => trees === 2)
    await page.waitForTimeout(300)
    await clicked(page, 0).evaluate((button: HTMLElement) => button.click())
    await clicked(page, 1).waitFor()
    const { title, ...rest } = await traces(page)
    const { title: _, ...expected } = left
    expect(rest).toEqual(expected)
    await page.context().close()
  })

  test('a tab that was frozen goes on where it was', async () => {
    const page = await open({ limits: { heartbeatMs: 300, sessionGraceMs: awayMs + 60_000 } })
    await leaveTraces(page)
    await clicked(page, 0).click()
    await clicked(page, 1).waitFor()
    await page.getByLabel('Note').focus()
    const devTools = await page.context().newCDPSession(page)
    await devTools.send('Page.setWebLifecycleState', { state: 'frozen' })
    // Chromium lets the timers of a page in front run on for a while.
    await devTools.send('Debugger.enable')
    await devTools.send('Debugger.pause')
    // A frozen page sends no heartbeats: the server takes it for lost.
    await until(() => far.server.connections === 0)
    await new Promise((resolve) => setTimeout(resolve, awayMs))
    await devTools.send('Page.setWebLifecycleState', { state: 'active' })
    await devTools.send('Debugger.disable')
    await until(() => far.server.connections === 1)
    const before = Number(await page.getByLabel('Ticks').textContent())
    await page.waitForFunction(
      (ticks) => Number(document.querySelector('[aria-label=Ticks]')?.textContent) > ticks,
      before,
    )
    expect(await traces(page)).toEqual(left)
    await clicked(page, 1).click()
    await clicked(page, 2).waitFor()
    expect([clicks, trees, far.server.sessions]).toEqual([2, 1, 1])
    await page.context().close()
  })

  /** A page that goes on with the token that another one got last. */
  async function copy(context: BrowserContext, token: string): Promise<Page> {
    const page = await context.newPage()
    await page.addInitScript(
      (kept) => sessionStorage.setItem('liveroot /live', kept),
      JSON.stringify({ token, build: '' }),
    )
    await page.goto(url())
    return page
  }

  test('the old page of a copied session says so, and can begin a session of its own', async () => {
    const original = await open()
    const welcomed = original.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'))
    await original.reload()
    const [, json] = String((await welcomed).payload).split('\n')
    await clicked(original, 0).click()
    await clicked(original, 1).waitFor()
    const copied = await copy(original.context(), JSON.parse(json as string).token)
    await clicked(copied, 1).waitFor()
    await banner(original).getByText('This page is open in another tab, which goes on with it.').waitFor()
    await clicked(copied, 1).click()
    await clicked(copied, 2).waitFor()
    expect(await clicked(original, 1).count()).toBe(1)
    await banner(original).getByRole('button').click()
    await clicked(original, 0).waitFor()
    await clicked(original, 0).click()
    await clicked(original, 1).waitFor()
    expect(await clicked(copied, 2).count()).toBe(1)
    await original.context().close()
  })

  test('a page of another build reloads itself once, and goes on with its session', async () => {
    const page = await open({ build: 'another' })
    let loads = 0
    page.on('load', () => void loads++)
    await clicked(page, 0).waitFor()
    await page.waitForTimeout(1_500)
    await clicked(page, 0).click()
    await clicked(page, 1).waitFor()
    expect([loads <= 1, trees, far.server.sessions]).toEqual([true, 1, 1])
    expect(
      await page.evaluate(() =>
        performance.getEntriesByType('navigation').map((each) => (each as PerformanceNavigationTiming).type),
      ),
    ).toEqual(['reload'])
    await page.context().close()
  })
})
