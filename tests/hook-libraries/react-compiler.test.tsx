import '../support/dom.ts'
import { join } from 'node:path'
import { type LiveScreen, renderLive } from 'liveroot/testing'
import { Walk } from '../../src/live/walk.ts'
import { click, html, until } from '../live-tree/support.ts'
import type * as BoardModule from './board.tsx'
import type { Row } from './board.tsx'
import { loadModule } from './compile.ts'
import { writesSince } from './support.tsx'

const file = join(__dirname, 'board.tsx')
const plain = loadModule<typeof BoardModule>(file, false)
const compiled = loadModule<typeof BoardModule>(file, true)

const rowCount = 200
const rows: readonly Row[] = Array.from({ length: rowCount }, (_, id) => ({
  id,
  name: `row ${id}`,
  points: id % 7,
}))

/** How many nodes of templates were walked while `act` ran. */
async function countWalked(act: () => Promise<void>): Promise<number> {
  const node = jest.spyOn(Walk.prototype, 'node')
  const element = jest.spyOn(Walk.prototype, 'element')
  const prop = jest.spyOn(Walk.prototype, 'prop')
  await act()
  const count = node.mock.calls.length + element.mock.calls.length + prop.mock.calls.length
  for (const spy of [node, element, prop]) spy.mockRestore()
  return count
}

test('React Compiler did compile the one module and not the other', () => {
  expect(compiled.code).toContain('react/compiler-runtime')
  expect(plain.code).not.toContain('react/compiler-runtime')
})

test('a compiled component shows and sends what the same component does as it was written', async () => {
  const runs: unknown[] = []
  for (const { exports } of [plain, compiled]) {
    const { Board } = exports
    const run: unknown[] = []
    const screen = await renderLive(<Board rows={rows.slice(0, 3)} />)
    for (const selector of ['button', 'button', 'u', 'button']) {
      const from = screen.traffic.length
      await click(screen, selector)
      run.push(html(screen), writesSince(screen, from))
    }
    expect(screen.container.querySelector('table')?.textContent).toBe('row 01row 12row 23')
    expect(screen.container.querySelector('button')?.textContent).toBe('3')
    await screen.unmount()
    runs.push(run)
  }
  expect(runs[1]).toEqual(runs[0])
})

test('a click that changes nothing in a table walks it as it was written, and not when compiled', async () => {
  const walked = async ({ exports }: typeof plain): Promise<{ aside: number; inside: number }> => {
    const { Board } = exports
    const screen = await renderLive(<Board rows={rows} />)
    const shows = (selector: string, value: string) => () =>
      screen.container.querySelector(selector)?.textContent === value
    const aside = await countWalked(async () => {
      await click(screen, 'button')
      await until(shows('button', '1'))
    })
    const inside = await countWalked(async () => {
      await click(screen, 'u')
      await until(shows('td:last-child', '1'))
    })
    await screen.unmount()
    return { aside, inside }
  }
  const asWritten = await walked(plain)
  const whenCompiled = await walked(compiled)
  expect(asWritten.aside).toBeGreaterThan(6 * rowCount)
  expect(whenCompiled.aside).toBeLessThan(20)
  // What did change is walked in both.
  expect(asWritten.inside).toBeGreaterThan(6 * rowCount)
  expect(whenCompiled.inside).toBeGreaterThan(6 * rowCount)
})

test('when compiled, children whose props are the same do not render again', async () => {
  const rendered = async ({ exports }: typeof plain): Promise<number> => {
    const { Badges } = exports
    const onBadge = jest.fn()
    const screen: LiveScreen = await renderLive(<Badges rows={rows.slice(0, 10)} onBadge={onBadge} />)
    await until(() => screen.container.querySelector('output')?.textContent === '2')
    expect(screen.container.querySelectorAll('b')).toHaveLength(10)
    expect(screen.container.querySelector('b')?.textContent).toBe('row 0 0')
    await screen.unmount()
    return onBadge.mock.calls.length
  }
  expect(await rendered(plain)).toBe(30)
  expect(await rendered(compiled)).toBe(10)
})
