import { setTimeout as sleep } from 'node:timers/promises'
import { Killable, type StoreKind } from './killable.ts'
import { LivePage } from './live-page.ts'

/** What holds with every store that outlives the process. */
export function killCases(kind: StoreKind, where: () => string): void {
  let server: Killable
  let page: LivePage

  beforeEach(async () => {
    server = new Killable(kind, where())
    await server.start()
    page = new LivePage(() => server.port)
    await page.until('the page', () => page.text('ticks') !== '')
  })
  afterEach(async () => {
    await page.close()
    await server.kill()
  })

  async function restart(version?: string): Promise<void> {
    await server.kill()
    await server.start(version)
  }

  test('every call has its effect once, in order, however often the server is killed', async () => {
    const keys: string[] = []
    let typing = true
    const typist = (async () => {
      for (let n = 0; n < 400 && typing; n++) {
        keys.push(String(n))
        page.type(String(n))
        await sleep(5)
      }
    })()
    for (let kills = 0; kills < 3; kills++) {
      await sleep(150 + 130 * kills)
      await restart()
      await page.until('some answers', () => page.text('typed').split(' ').length > keys.length / 2)
    }
    typing = false
    await typist
    await page.shows('typed', keys.join(' '))
  })

  test('a call that was running when the server was killed is not run again', async () => {
    page.click('slow')
    await page.shows('slow', 'begun')
    // Its first effect is stored, without its answer, when another call's is.
    page.type('a')
    await page.shows('typed', 'a')
    await sleep(400)
    await restart()
    page.type('b')
    await page.shows('typed', 'a b')
    expect(page.text('slow')).toBe('begun')
  })

  test('state that changes without a call, topics, and ids of calls', async () => {
    await page.until('some ticks', () => Number(page.text('ticks')) > 10)
    page.click('heard')
    await page.shows('heard', 'said 0')
    page.click('ids')
    await page.until('an id', () => page.text('ids') !== '')
    await sleep(300)
    const before = Number(page.text('ticks'))
    await restart()
    await page.until('more ticks', () => Number(page.text('ticks')) >= before)
    expect(page.text('heard')).toBe('said 0')
    page.click('heard')
    await page.shows('heard', 'said 0 said 1')
    page.click('ids')
    await page.until('another id', () => page.text('ids').includes(' '))
    const ids = page.text('ids').split(' ')
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[\w-]{32}\.0\.\d+$/)
  })

  test('after a deploy a changed component starts afresh, and the others do not', async () => {
    page.type('a')
    await page.shows('typed', 'a')
    await restart('new')
    await page.until('the new form', () => page.container.textContent?.includes('new') === true)
    expect(page.element<HTMLInputElement>('name').value).toBe('fresh')
    page.type('b')
    await page.shows('typed', 'a b')
  })
}
