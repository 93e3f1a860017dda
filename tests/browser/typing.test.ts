import { route } from 'liveroot/server'
import type { Page } from 'playwright-core'
import { createElement } from 'react'
import { Fields } from '../../fixtures/typing/fields.tsx'
import { describeInBrowser } from './chromium.ts'
import { TestBrowser } from './demo.ts'
import { type FarPage, startFarPage } from './far-page.ts'

/** 15 keys a second. */
const keyMs = 1000 / 15

describeInBrowser('typing at the far end of a slow connection, in Chromium', () => {
  let typing: FarPage
  /** What handlers of the server were given, by visit and field, in order. */
  const heardBy = new Map<string, string[]>()
  let browser: TestBrowser
  let visits = 0

  const Visit = ({ visit }: { visit: string }) =>
    createElement(Fields, {
      heard: (field, value) => {
        const key = `${visit} ${field}`
        heardBy.set(key, [...(heardBy.get(key) ?? []), value])
      },
    })

  beforeAll(async () => {
    ;[typing, browser] = await Promise.all([
      startFarPage([route('/:visit', Visit)], { latencyMs: 300, jitterMs: 100 }),
      TestBrowser.launch(),
    ])
  })

  afterAll(async () => {
    await browser?.close()
    await typing?.close()
  })

  afterEach(() => {
    expect(browser.complaints.splice(0)).toEqual([])
  })

  const open = async () => {
    const visit = `visit-${++visits}`
    const page = await browser.visit(`${typing.url}/${visit}`)
    await page.locator('output').waitFor()
    const heard = (field: string) => heardBy.get(`${visit} ${field}`) ?? []
    return { page, heard, field: (name: string) => page.locator(`[name=${name}]`) }
  }

  const text = 'The quick brown fox jumps'
  const prefixes = (whole: string) => Array.from(whole, (_, i) => whole.slice(0, i + 1))

  test('no letter is lost, doubled or out of order', async () => {
    const fields = ['plain', 'upper', 'area', 'free']
    await Promise.all(
      fields.map(async (name) => {
        const { page, heard, field } = await open()
        await field(name).focus()
        await page.keyboard.press('End')
        await page.keyboard.type(text, { delay: keyMs })
        const end = name === 'upper' ? text.toUpperCase() : name === 'free' ? `free ${text}` : text
        if (name !== 'free') await untilHeld(page, name, end)
        expect(await field(name).inputValue()).toBe(end)
        const expected = name === 'free' ? [] : prefixes(text)
        expect(heard(name).map(lower)).toEqual(expected.map(lower))
        expect(await caret(page, name)).toBe(end.length)
        await page.context().close()
      }),
    )
  })

  test('the caret stays where the user edits, whatever the server makes of the text', async () => {
    const upper = async () => {
      const { page, heard, field } = await open()
      await field('upper').pressSequentially('onefour', { delay: keyMs })
      await untilHeld(page, 'upper', 'ONEFOUR')
      for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft')
      await page.keyboard.type('twothree', { delay: keyMs })
      await untilHeld(page, 'upper', 'ONETWOTHREEFOUR')
      expect(await field('upper').inputValue()).toBe('ONETWOTHREEFOUR')
      expect(await caret(page, 'upper')).toBe('onetwothree'.length)
      expect(heard('upper').slice(-8)).toEqual(prefixes('twothree').map((part) => `ONE${part}FOUR`))
      await page.context().close()
    }
    const masked = async () => {
      const { page, field } = await open()
      await field('mask').pressSequentially('12345', { delay: keyMs })
      await untilHeld(page, 'mask', '12-34-5')
      expect(await caret(page, 'mask')).toBe(7)
      await page.keyboard.type('6', { delay: keyMs })
      await untilHeld(page, 'mask', '12-34-56')
      await page.keyboard.type('7', { delay: keyMs })
      await untilHeld(page, 'mask', '12-34-56-7')
      expect(await caret(page, 'mask')).toBe(10)
      for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('Backspace')
      await untilHeld(page, 'mask', '12-35-67')
      expect([await field('mask').inputValue(), await caret(page, 'mask')]).toEqual(['12-35-67', 4])
      await page.context().close()
    }
    await Promise.all([upper(), masked()])
  })

  test('a box that is cleared after submit takes the next message at once', async () => {
    const { page, heard, field } = await open()
    await field('chat').pressSequentially('hello', { delay: keyMs })
    await page.keyboard.press('Enter')
    await untilHeld(page, 'chat', '')
    expect(await field('chat').inputValue()).toBe('')
    await page.keyboard.type('you', { delay: keyMs })
    await untilHeld(page, 'chat', 'you')
    expect(await field('chat').inputValue()).toBe('you')
    expect(heard('sent')).toEqual(['hello'])
    await page.context().close()
  })

  test('an input method composes undisturbed, and undo takes back', async () => {
    const compose = async () => {
      const { page, heard, field } = await open()
      await field('upper').focus()
      const devtools = await page.context().newCDPSession(page)
      await page.keyboard.type('a', { delay: keyMs })
      for (const part of ['に', 'にh', 'にほ', 'にほn', 'にほん']) {
        const { length } = part
        await devtools.send('Input.imeSetComposition', {
          text: part,
          selectionStart: length,
          selectionEnd: length,
        })
        // Long enough for the answers to what came before.
        await page.waitForTimeout(part === 'にほ' ? 700 : keyMs)
        expect(await field('upper').inputValue()).toBe(`a${part}`)
      }
      await devtools.send('Input.insertText', { text: '日本' })
      await untilHeld(page, 'upper', 'A日本')
      expect(await field('upper').inputValue()).toBe('A日本')
      expect(heard('upper')).toEqual(['a', 'aに', 'aにh', 'aにほ', 'aにほn', 'aにほん', 'a日本'])
      await page.context().close()
    }
    const undo = async () => {
      const { page, field } = await open()
      await field('plain').pressSequentially('one', { delay: keyMs })
      await untilHeld(page, 'plain', 'one')
      await page.keyboard.press('Control+Z')
      expect(await field('plain').inputValue()).toBe('')
      await untilHeld(page, 'plain', '')
      await page.keyboard.press('Control+Shift+Z')
      await untilHeld(page, 'plain', 'one')
      expect(await field('plain').inputValue()).toBe('one')
      await page.context().close()
    }
    await Promise.all([compose(), undo()])
  })

  test('boxes, buttons, lists, numbers and dates show what was chosen at once, and end as the server holds it', async () => {
    const { page, field } = await open()
    const chosen = () =>
      page.evaluate(() => {
        const fields = [...document.querySelectorAll<HTMLInputElement>('[type=checkbox], [type=radio]')]
        const lists = [...document.querySelectorAll<HTMLSelectElement>('select')]
        return [
          fields.map((each) => each.checked),
          lists.map((list) => Array.from(list.selectedOptions, (each) => each.value)),
        ]
      })
    await page.locator('[type=checkbox]').click()
    await page.locator('[type=radio][value=b]').click()
    await page.locator('[type=radio][value=c]').click()
    await field('select').selectOption('b')
    await field('several').selectOption(['b', 'c'])
    const expected = [
      [true, false, false, true],
      [['b'], ['b', 'c']],
    ]
    expect(await chosen()).toEqual(expected)
    await field('number').pressSequentially('-1.50', { delay: keyMs })
    await field('date').fill('2026-02-28')
    await untilHeld(page, 'date', '2026-02-28')
    expect(await chosen()).toEqual(expected)
    expect(await field('number').inputValue()).toBe('-1.50')
    expect(JSON.parse((await page.locator('output').textContent()) ?? '')).toMatchObject({
      radio: 'c',
      select: 'b',
      several: ['b', 'c'],
      on: true,
      number: '-1.50',
    })
    await page.context().close()
  })
})

function lower(value: string): string {
  return value.toLowerCase()
}

/** Waits until the server holds this value and the field shows it. */
async function untilHeld(page: Page, name: string, value: string): Promise<void> {
  await page.waitForFunction(
    ([name, value]) => {
      const held = JSON.parse(document.querySelector('output')?.textContent ?? '{}')
      return (
        held[name as string] === value &&
        document.querySelector<HTMLInputElement>(`[name=${name}]`)?.value === value
      )
    },
    [name, value],
  )
}

function caret(page: Page, name: string): Promise<number | null | undefined> {
  return page.evaluate(
    (name) => document.querySelector<HTMLInputElement>(`[name=${name}]`)?.selectionStart,
    name,
  )
}
