import type { Locator, Page } from 'playwright-core'
import { describeInBrowser } from './chromium.ts'
import { useDemo } from './demo-in-browser.ts'

describeInBrowser('7GUIs in Chromium', () => {
  const demo = useDemo()
  let page: Page
  /** The frames that came since it was emptied. */
  const frames: string[] = []

  beforeAll(async () => {
    page = await demo.browser.visit('about:blank')
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).startsWith('f')) frames.push(String(payload))
      })
    })
    await page.goto(`${demo.url}/seven-guis`)
    await page.waitForFunction(() => document.querySelector('.task [aria-busy=true]') === null)
  })

  const task = (title: string) => page.getByRole('region', { name: title })

  test('Timer: the duration changes while it runs, at once, and more of it starts it again', async () => {
    const timer = task('Timer')
    const gauge = timer.getByRole('progressbar')
    const slider = timer.getByRole('slider')
    const fraction = () => gauge.evaluate((each: HTMLProgressElement) => each.position)
    const elapsed = async () => Number.parseFloat((await timer.locator('output').textContent()) ?? '')

    const before = await fraction()
    await slider.press('End')
    await timer.getByText('Duration: 30.0 s').waitFor()
    expect(await fraction()).toBeLessThan(before + 0.1)
    await slider.press('Home')
    await timer.getByText('Duration: 0.0 s').waitFor()
    expect(await fraction()).toBe(1)

    // It is full, and stands still.
    const stopped = await elapsed()
    await page.waitForTimeout(300)
    expect(await elapsed()).toBe(stopped)
    await slider.press('End')
    await until(async () => (await elapsed()) > stopped)
    await slider.press('Home')
    await timer.getByText('Duration: 0.0 s').waitFor()
    await timer.getByRole('button', { name: 'Reset' }).click()
    await timer.getByText('0.0 s', { exact: true }).waitFor()
  })

  test('Counter: every click counts', async () => {
    const counter = task('Counter')
    for (let i = 0; i < 5; i++) await counter.getByRole('button').click()
    await counter.getByText('5', { exact: true }).waitFor()
  })

  test('Temperature: either field converts into the other, and what is no number into nothing', async () => {
    const celsius = task('Temperature').getByLabel('Celsius')
    const fahrenheit = task('Temperature').getByLabel('Fahrenheit')
    await celsius.fill('100')
    await hasValue(fahrenheit, '212')
    await fahrenheit.fill('-40')
    await hasValue(celsius, '-40')
    await celsius.fill('-40x')
    await page.locator('[aria-label=Temperature] [aria-invalid=true]').waitFor()
    expect(await fahrenheit.inputValue()).toBe('-40')
    expect(await celsius.inputValue()).toBe('-40x')
  })

  test('Flight booker: dates must be dates, and a return not before the start', async () => {
    const booker = task('Flight booker')
    const [start, end] = [booker.getByLabel('Start date'), booker.getByLabel('Return date')]
    const book = booker.getByRole('button', { name: 'Book' })
    const booked = (enabled: boolean) => until(async () => (await book.isEnabled()) === enabled)
    expect(await end.isDisabled()).toBe(true)
    await start.fill('2027-02-30')
    await booked(false)
    expect(await start.getAttribute('aria-invalid')).toBe('true')
    await start.fill('2027-02-28')
    await booked(true)
    await book.click()
    await booker.getByText('You have booked a one-way flight on 2027-02-28.').waitFor()

    await booker.getByRole('combobox').selectOption('return flight')
    await until(() => end.isEnabled())
    await end.fill('2027-02-27')
    await booker.getByText('The return is before the start.').waitFor()
    await booked(false)
    await end.fill('27 Feb')
    await until(async () => (await end.getAttribute('aria-invalid')) === 'true')
    await end.fill('2027-03-07')
    await booked(true)
    await book.click()
    await booker.getByText('You have booked a return flight from 2027-02-28 to 2027-03-07.').waitFor()
  })

  test('CRUD: people are filtered, created, changed and deleted', async () => {
    const crud = task('CRUD')
    const people = () => crud.locator('fieldset label').allTextContents()
    const shows = (...names: string[]) => until(async () => String(await people()) === String(names))
    const button = (name: string) => crud.getByRole('button', { name })
    expect(await button('Update').isDisabled()).toBe(true)
    expect(await button('Delete').isDisabled()).toBe(true)

    await crud.getByLabel('Filter prefix').fill('mus')
    await shows('Mustermann, Max')
    await crud.getByText('Mustermann, Max').click()
    await hasValue(crud.getByLabel('Surname'), 'Mustermann')
    await crud.getByLabel('Name', { exact: true }).fill('Moritz')
    await button('Update').click()
    await shows('Mustermann, Moritz')
    await crud.getByLabel('Surname').fill('Busch')
    await button('Create').click()
    await crud.getByLabel('Filter prefix').fill('')
    await shows('Emil, Hans', 'Mustermann, Moritz', 'Tisch, Roman', 'Busch, Moritz')
    await crud.getByText('Emil, Hans').click()
    await crud.getByRole('radio', { name: 'Emil, Hans', checked: true }).waitFor()
    await button('Delete').click()
    await shows('Mustermann, Moritz', 'Tisch, Roman', 'Busch, Moritz')
    expect(await button('Delete').isDisabled()).toBe(true)
  })

  test('Circle drawer: circles are drawn, adjusted while one looks, undone and redone', async () => {
    const drawer = task('Circle drawer')
    const canvas = drawer.locator('svg')
    const circles = canvas.locator('circle')
    const has = (count: number) => until(async () => (await circles.count()) === count)
    const radius = () => circles.first().getAttribute('r')
    const button = (name: string) => drawer.getByRole('button', { name, exact: true })
    expect(await button('Undo').isDisabled()).toBe(true)
    await canvas.click({ position: { x: 100, y: 120 } })
    await has(1)
    await canvas.click({ position: { x: 300, y: 120 } })
    await has(2)
    expect(await circles.first().getAttribute('cx')).toBe('100')
    expect(await circles.first().getAttribute('cy')).toBe('120')

    // The nearest one under the pointer is filled, and a click on it draws none.
    await canvas.hover({ position: { x: 110, y: 110 } })
    await until(async () => (await circles.first().getAttribute('class')) === 'selected')
    await canvas.hover({ position: { x: 200, y: 120 } })
    await until(async () => (await canvas.locator('.selected').count()) === 0)

    const browsersOwn = await page.evaluateHandle(() => {
      const menus: boolean[] = []
      addEventListener('contextmenu', (event) => menus.push(!event.defaultPrevented))
      return menus
    })
    await canvas.click({ position: { x: 105, y: 120 }, button: 'right' })
    expect(await browsersOwn.jsonValue()).toEqual([false])
    await drawer.getByRole('menuitem', { name: 'Adjust diameter…' }).click()
    const slider = drawer.getByRole('dialog').getByRole('slider')
    await slider.press('End')
    await until(async () => (await radius()) === '100')
    await slider.press('ArrowLeft')
    await until(async () => (await radius()) === '99.5')
    await drawer.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

    // All that the slider did is one step back.
    await button('Undo').click()
    await until(async () => (await radius()) === '30')
    await button('Undo').click()
    await has(1)
    await button('Redo').click()
    await button('Redo').click()
    await until(async () => (await radius()) === '99.5')
    expect(await button('Redo').isDisabled()).toBe(true)
    await button('Undo').click()
    await canvas.click({ position: { x: 300, y: 250 } })
    await has(3)
    expect(await button('Redo').isDisabled()).toBe(true)
  })

  test('Cells: an edit computes what depends on it, and sends only the cells that changed', async () => {
    const cells = task('Cells')
    const cell = (name: string) =>
      cells.locator(`tbody tr:nth-child(${Number(name.slice(1)) + 1}) td[data-column=${name[0]}]`)
    const shows = (name: string, text: string) => until(async () => (await cell(name).textContent()) === text)
    const edit = async (name: string, text: string, key = 'Enter') => {
      await cell(name).dblclick()
      const field = cells.getByLabel(`Formula of ${name}`)
      await field.fill(text)
      await field.press(key)
      await field.waitFor({ state: 'detached' })
    }
    expect(await cells.locator('tbody td').count()).toBe(2600)
    await shows('D5', '725')
    frames.length = 0
    await edit('C1', '100')
    await shows('D5', '740')
    await shows('D1', '300')
    await cells.getByText('computed 4 formulas: D1, D7, D5, D6').waitFor()
    // One frame opened the field, the other has the five values.
    expect(frames).toHaveLength(2)
    expect(frames[1]?.length).toBeLessThan(250)
    await edit('F0', '=AVG(D1:D3)-D5/3+(1-1)')
    await shows('F0', '0')
    await edit('F1', '=F0+F2')
    await edit('F2', '=F1')
    await shows('F1', '#CYCLE')
    await edit('F2', '5')
    await shows('F1', '5')
    // Escape leaves a cell as it was, and Enter led to the one below.
    await edit('C1', '1', 'Escape')
    await shows('C1', '100')
    await edit('C1', '95')
    expect(await cell('C2').evaluate((element) => element === document.activeElement)).toBe(true)
    await shows('D5', '725')
  })
})

/** Waits until a condition holds; the test's own time is the limit. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const hasValue = (field: Locator, value: string) => until(async () => (await field.inputValue()) === value)
