import { createHash } from 'node:crypto'
import { type LatencyProxy, startLatencyProxy } from 'liveroot/testing'
import type { Locator, Page } from 'playwright-core'
import { describeInBrowser } from './chromium.ts'
import { useDemo } from './demo-in-browser.ts'

describeInBrowser('the forms of the demo in Chromium', () => {
  const demo = useDemo()
  let network: LatencyProxy

  beforeAll(async () => {
    network = await startLatencyProxy({ target: { port: Number(new URL(demo.url).port) } })
  })

  afterAll(() => network?.close())

  /** A page whose network can be slowed down and stopped. */
  const openFarAway = (path: string) => demo.browser.visit(`${network.url}/${path}`)

  test('a form is checked while it is filled in, and submitted once it is right', async () => {
    const page = await openFarAway('sign-up')
    const field = (label: string) => page.getByLabel(label, { exact: true })
    const message = async (label: string) => {
      const id = await field(label).getAttribute('aria-describedby')
      return page.locator(`[id="${id}"]`)
    }
    const submit = page.getByRole('button', { name: 'Sign up' })
    await submit.waitFor()
    network.change({ latencyMs: 60 })
    expect(await submit.isDisabled()).toBe(true)
    expect(await page.locator('[aria-invalid=true]').count()).toBe(0)

    const name = field('User name')
    await name.pressSequentially('ad')
    await (await message('User name')).getByText('At least three characters.').waitFor()
    expect(await name.getAttribute('aria-invalid')).toBe('true')
    await name.press('a')
    await (await message('User name')).getByText('That name is taken.').waitFor()
    await name.pressSequentially('line')
    await (await message('User name')).getByText('It is yours').waitFor()
    expect(await name.getAttribute('aria-invalid')).toBe('false')
    expect(await name.inputValue()).toBe('adaline')

    await field('Email').pressSequentially('ada@example')
    await (await message('Email')).getByText('An address').waitFor()
    await field('Email').pressSequentially('.org')
    await field('Password').pressSequentially('adaline12')
    await (await message('Password')).getByText('Not with your user name').waitFor()
    await field('Password').fill('3 green lamps!')
    await field('Country').selectOption('Portugal')
    expect(await submit.isDisabled()).toBe(true)
    await page.getByRole('checkbox').check()
    await page.locator('button[type=submit]:enabled').waitFor()
    expect(await page.locator('[aria-invalid=true]').count()).toBe(0)

    // Somebody else takes the name meanwhile.
    const rival = await demo.open('sign-up')
    await fillIn(rival, 'adaline')
    await rival.getByText('Welcome, adaline').waitFor()
    await submit.click()
    await (await message('User name')).getByText('That name is taken.').waitFor()
    expect(await field('Country').inputValue()).toBe('Portugal')
    expect(await page.getByRole('checkbox').isChecked()).toBe(true)
    await name.press('End')
    await name.pressSequentially('2')
    await page.locator('button[type=submit]:enabled').waitFor()
    await submit.click()
    await page.getByText('Welcome, adaline2').waitFor()
    network.change({ latencyMs: 0 })
  })

  test('a to-do shows before the server has it, and then in every browser', async () => {
    const [page, other] = [await openFarAway('todos'), await demo.open('todos')]
    const item = (where: Page, text: string) => where.getByRole('listitem').filter({ hasText: text })
    await page.getByLabel('New to-do').fill('Water the plants')
    await other.getByLabel('New to-do').waitFor()

    network.pause()
    await page.getByLabel('New to-do').press('Enter')
    const plants = item(page, 'Water the plants')
    await plants.waitFor()
    await plants.getByRole('checkbox').check()
    expect(await page.getByLabel('New to-do').inputValue()).toBe('')
    expect(await plants.getAttribute('class')).toBe('on-its-way')
    expect(await item(other, 'Water the plants').count()).toBe(0)
    const changes = await watchItem(plants)
    network.resume()
    await item(other, 'Water the plants').getByRole('checkbox', { checked: true }).waitFor()
    await page.waitForFunction(() => document.querySelector('.on-its-way') === null)
    // It was never gone, nor unchecked, on its way to the server's list.
    expect(await changes()).toEqual([])

    await item(other, 'Water the plants').getByRole('checkbox').uncheck()
    await plants.getByRole('checkbox', { checked: false }).waitFor()
    network.pause()
    await plants.getByRole('button').click()
    await plants.waitFor({ state: 'detached' })
    expect(await item(other, 'Water the plants').count()).toBe(1)
    network.resume()
    await item(other, 'Water the plants').waitFor({ state: 'detached' })
  })

  test('a to-do that the server refuses is taken back, and the page says why', async () => {
    const page = await demo.open('todos')
    await page.getByLabel('New to-do').fill('fail')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('alert').getByText('would not have').waitFor()
    expect(await page.getByRole('listitem').filter({ hasText: /^fail/ }).count()).toBe(0)
  })

  test('a file is sent with progress, and one that is too large refused', async () => {
    const page = await openFarAway('upload')
    await page.locator('input[type=file]').waitFor({ state: 'attached' })
    network.change({ bytesPerSecond: 20 * megabyte })
    await chooseFile(page, 'film.mkv', 50 * megabyte)
    const progress = page.getByRole('progressbar')
    await page.waitForFunction(() => {
      const { value } = document.querySelector('progress') as HTMLProgressElement
      return value > 0 && value < 1
    })
    expect(await progress.isVisible()).toBe(true)
    const received = page.getByRole('listitem').filter({ hasText: 'film.mkv' })
    await received.getByText('52,428,800 bytes').waitFor({ timeout: 100_000 })
    expect(await received.locator('code').textContent()).toBe(hashOfFile(50 * megabyte))
    await progress.waitFor({ state: 'hidden' })

    await chooseFile(page, 'longer.mkv', 65 * megabyte)
    await page.getByRole('alert').getByText('64 MiB is the most').waitFor()
    network.change({ bytesPerSecond: Number.POSITIVE_INFINITY })
  })
})

const megabyte = 1024 * 1024
/** A megabyte of the files that pages send: its bytes differ by place. */
const pattern = Buffer.from(Uint32Array.from({ length: megabyte / 4 }, (_, i) => i * 2_654_435_761).buffer)

function hashOfFile(size: number): string {
  const hash = createHash('sha256')
  for (let i = 0; i < size / megabyte; i++) hash.update(pattern)
  return hash.digest('hex')
}

/** The file is made on the page, for a large one does not come from the test. */
async function chooseFile(page: Page, name: string, size: number): Promise<void> {
  await page.evaluate(
    ({ name, parts, bytes }) => {
      const part = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))
      const chosen = new DataTransfer()
      chosen.items.add(
        new File(
          Array.from({ length: parts }, () => part),
          name,
        ),
      )
      const input = document.querySelector('input[type=file]') as HTMLInputElement
      input.files = chosen.files
      input.dispatchEvent(new Event('change', { bubbles: true }))
    },
    { name, parts: size / megabyte, bytes: pattern.toString('base64') },
  )
}

async function fillIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Email').fill('grace@example.org')
  await page.getByLabel('Password', { exact: true }).fill('3 green lamps!')
  await page.getByLabel('Country').selectOption('Portugal')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Sign up' }).click()
}

/** Notes whenever an item of a list is gone, or not ticked off; returns what was noted. */
async function watchItem(item: Locator): Promise<() => Promise<string[]>> {
  const watch = await item.evaluateHandle((element) => {
    const seen: string[] = []
    const box = element.querySelector('input') as HTMLInputElement
    new MutationObserver(() => {
      if (!element.isConnected) seen.push('gone')
      if (!box.checked) seen.push('unchecked')
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
    return seen
  })
  return () => watch.jsonValue()
}
