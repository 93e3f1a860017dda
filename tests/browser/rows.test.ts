import { route } from 'liveroot/server'
import { createElement } from 'react'
import { type Pressed, Rows } from '../../fixtures/rows/rows.tsx'
import { describeInBrowser } from './chromium.ts'
import { TestBrowser } from './demo.ts'
import { type FarPage, startFarPage } from './far-page.ts'

const clickCount = 60

describeInBrowser('rows that somebody else moves, at the far end of a slow connection, in Chromium', () => {
  let far: FarPage
  let browser: TestBrowser
  const served: string[] = []
  const pressed: Pressed = (name, text) => void served.push(`${name}: ${text}`)

  beforeAll(async () => {
    const Page = () => createElement(Rows, { pressed, everyMs: 40 })
    ;[far, browser] = await Promise.all([
      startFarPage([route('/rows', Page)], { latencyMs: 200, jitterMs: 80 }),
      TestBrowser.launch(),
    ])
  })

  afterAll(async () => {
    await browser?.close()
    await far?.close()
  })

  test('every click reaches the row that was under the pointer, in the render that was on screen', async () => {
    const page = await browser.visit(`${far.url}/rows`)
    await page.locator('li').first().waitFor()
    await page.evaluate(() => {
      const seen: string[] = []
      Object.assign(window, { seen })
      const note = ({ target }: Event) => {
        if (!(target instanceof HTMLButtonElement)) return
        seen.push(`${target.dataset.name}: ${target.textContent}`)
      }
      document.addEventListener('click', note, true)
    })
    for (let i = 0; i < clickCount; i++) {
      const button = page.locator('button').nth(i % 6)
      const place = await button.boundingBox()
      // The pointer goes where the row was; by then another may be there, and that is the one that is meant.
      if (place !== null) await page.mouse.click(place.x + 5, place.y + place.height / 2)
    }
    const seen = () => page.evaluate(() => (window as unknown as { seen: string[] }).seen)
    const clicks = await seen()
    expect(clicks.length).toBeGreaterThan(clickCount / 2)
    await page.waitForFunction(() => document.querySelector('[data-live-pending]') === null)
    expect(served).toEqual(clicks)

    // Renders went by between a click and its arrival, and clicks found rows in many places.
    expect(new Set(clicks.map((click) => click.split(' ').at(-1))).size).toBeGreaterThan(10)
    const counts = await page
      .locator('li')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('button')?.dataset.name ?? '',
          Number(row.querySelector('output')?.textContent),
        ]),
      )
    const expected = new Map<string, number>()
    for (const click of clicks) {
      const name = click.split(':')[0] ?? ''
      expected.set(name, (expected.get(name) ?? 0) + 1)
    }
    for (const each of expected) expect(counts).toContainEqual(each)
    expect(browser.complaints).toEqual([])
  })
})
