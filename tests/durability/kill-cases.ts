import { setTimeout as sleep } from 'node:timers/promises'
import { Killable, type StoreKind } from './killable.ts'
import { LivePage } from './live-page.ts'
import { RawPage } from './raw-page.ts'

/** What holds with every store that outlives the process. */
export function killCases(kind: StoreKind, where: () => string): void {
  let server: Killable
  let page: LivePage

  beforeAll(async () => {
    server = new Killable(kind, where())
    await server.start()
  }, 60_000)
  afterAll(() => server.kill())
  beforeEach(async () => {
    page = new LivePage(() => server.port)
    await page.until('the page', () => page.text('ticks') !== '')
  })
  afterEach(async () => {
    await page.close()
  })

  async function restart(version?: string): Promise<void> {
    await server.kill()
    await server.start(version)
  }

  test('every call has its effect once, in order, however often the server is killed', async () => {
    const keys: string[] = []
    let typing = true
    const typist = (async () => {
      for (let n = 0; n < 600 && typing; n++) {
        keys.push(String(n))
        page.type(String(n))
        await sleep(10)
      }
    })()
    for (let kills = 0; kills < 2; kills++) {
      await sleep(150 + 130 * kills)
      await restart()
      await page.until('some answers', () => page.text('typed').split(' ').length > keys.length / 2)
    }
    typing = false
    await typist
    await page.shows('typed', keys.join(' '))
  })

  test('a server that is killed when the first frame has just left has lost neither session nor tree', async () => {
    for (let kills = 0; kills < 3; kills++) {
      const before = await RawPage.open(server.port, {})
      const first = await before.heard(/^f1,1\n/)
      const killed = server.kill()
      const typed = /\[(\d+),\["\$","p",null,\{"id":"typed"/.exec(first)?.[1]
      // The call may be lost with the server, or not: its browser does not hear of it, and sends it again.
      const call = `c1,1,1,${typed}\n0.onKeyDown\n[{"@":"keydown","key":"a"}]`
      before.say('a1,1,1', call)
      await killed
      await server.start()
      const { token } = before.welcome
      const after = await RawPage.open(server.port, { token, received: 1 })
      expect(after.welcome.session).toBe('restored')
      await after.heard(/^f1,(?!1\n)/)
      after.say(call)
      await after.heard(/^r1,/)
      expect(after.said.filter((message) => message.startsWith('y'))).toEqual([])
      after.close()
    }
  })

  test('a page whose server is killed at its first sight goes on: what it calls meanwhile runs once', async () => {
    const young = new LivePage(() => server.port)
    await young.until('the page', () => young.text('ticks') !== '')
    const killed = server.kill()
    young.type('a')
    young.type('b')
    await killed
    await server.start()
    await young.shows('typed', 'a b')
    await young.answered()
    young.type('c')
    await young.shows('typed', 'a b c')
    await young.close()
  })

  test('a server that is told to end stores what it has, and the next one goes on', async () => {
    page.type('a')
    await page.until('some ticks', () => Number(page.text('ticks')) > 3)
    await server.kill('SIGTERM')
    page.type('b')
    const ticks = Number(page.text('ticks'))
    await server.start()
    await page.shows('typed', 'a b')
    await page.until('more ticks', () => Number(page.text('ticks')) > ticks)
  })

  test('a call that was running when the server was killed is not run again', async () => {
    const before = await RawPage.open(server.port, {})
    const first = await before.heard(/^f1,/)
    const slow = /\[(\d+),\["\$","button",null,\{"id":"slow"/.exec(first)?.[1]
    const typed = /\[(\d+),\["\$","p",null,\{"id":"typed"/.exec(first)?.[1]
    before.say('a1,1,1', `c1,1,1,${slow}\n0.onClick`)
    await before.heard(/begun/)
    // What it has done so far is stored without its answer when another call's effect is.
    before.say(`c2,1,1,${typed}\n0.onKeyDown\n[{"@":"keydown","key":"a"}]`)
    await before.heard(/^r2,/)
    expect(before.said.some((message) => message.startsWith('r1'))).toBe(false)
    const { token } = before.welcome
    await restart()
    const after = await RawPage.open(server.port, { token, received: before.said.length })
    expect(after.welcome.session).toBe('restored')
    const again = await after.heard(/^f1,2/)
    expect(again).toContain('"begun"')
    expect(again).not.toContain('done')
    after.say(`c1,1,1,${slow}\n0.onClick`)
    expect(await after.heard(/^y1,/)).toContain('call_interrupted')
    // Frames that it does not acknowledge would end before the call does.
    const [, last] = /^f1,(\d+)/.exec(after.said.findLast((message) => /^f1,/.test(message)) ?? '') ?? []
    after.say(`a1,${last},1`, `c3,1,1,${slow}\n0.onClick`)
    await after.heard(/begun done/)
    after.close()
  })

  test('state that changes without a call, topics, ids of calls, and a deploy of a changed component', async () => {
    await page.until('some ticks', () => Number(page.text('ticks')) > 10)
    page.click('heard')
    await page.shows('heard', 'said 0')
    page.click('ids')
    await page.until('an id', () => page.text('ids') !== '')
    await sleep(300)
    const before = Number(page.text('ticks'))
    await restart('new')
    await page.until('more ticks', () => Number(page.text('ticks')) >= before)
    expect(page.text('heard')).toBe('said 0')
    page.click('heard')
    await page.shows('heard', 'said 0 said 1')
    page.click('ids')
    await page.until('another id', () => page.text('ids').includes(' '))
    const ids = page.text('ids').split(' ')
    expect(new Set(ids).size).toBe(2)
    // The changed component starts afresh.
    expect(page.element<HTMLInputElement>('name').value).toBe('fresh')
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}\.0\.\d+$/)
  })
}
