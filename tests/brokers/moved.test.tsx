import '../support/dom.ts'
import { clientComponent } from '../../src/testing/client-components.ts'
import { type EngineName, newPlace } from '../chaos/stores.ts'
import { Calls, functionsOn } from '../cluster/client-parts.tsx'
import { Child } from '../processes/child.ts'
import { describeWithBroker } from '../support/brokers.ts'
import { connectTo, type TestSocket } from '../support/connect-to.ts'
import { openPage, type Page } from '../support/page.tsx'
import { until } from '../support/until.ts'

// Servers in processes of their own, with one bus and one store, that are killed with `kill -9` under their browsers.

clientComponent('MovedCalls', Calls)

const leaseMs = 1_500
const engines: readonly EngineName[] = ['redis', 'nats']

for (const engine of engines) {
  describeWithBroker(engine as 'redis' | 'nats', `calls of shared components, by ${engine}`, () => {
    const children: Child[] = []
    const pages: Page[] = []

    async function start(place: string): Promise<{ child: Child; port: number }> {
      const child = Child.start(new URL('./moved-server.tsx', import.meta.url), {
        args: [engine, place, String(leaseMs)],
      })
      children.push(child)
      return { child, port: await child.ask<number>('listen') }
    }

    afterEach(async () => {
      for (const page of pages.splice(0)) page.close()
      await Promise.all(children.splice(0).map((child) => (child.ended === null ? child.kill() : undefined)))
    })

    /** A page whose connections go to whatever server `where` says. */
    async function open(where: { port: number }): Promise<Page> {
      const page = openPage((listener): TestSocket => connectTo(where.port)(listener), {
        firstDelayMs: 20,
        maxDelayMs: 50,
      })
      pages.push(page)
      page.show('/')
      await until(() => functionsOn(page.container, 'list') !== undefined)
      return page
    }

    const add = (page: Page, item: string) => functionsOn(page.container, 'list')?.add?.(item)
    const shows = (page: Page, text: string) => until(() => page.container.textContent === text)

    test('a call that the owner runs is answered by another server, when the one of its caller is killed', async () => {
      const place = newPlace(engine)
      const owner = await start(place)
      const watcher = await open(owner)
      const [first, second] = await Promise.all([start(place), start(place)])
      const where = { port: first.port }
      const page = await open(where)
      expect(await add(page, 'a')).toBe('a added')
      const answer = add(page, 'slow b')
      for (;;) if (await owner.child.ask<boolean>('runs', 'slow b')) break
      await first.child.kill()
      const offline = add(page, 'c')
      where.port = second.port
      expect(await offline).toBe('c added')
      await owner.child.ask('goOn', 'slow b')
      expect(await answer).toBe('slow b added')
      for (const each of [page, watcher]) await shows(each, 'a,c,slow b')
    }, 180_000)

    test('where it was the owner itself, what is called meanwhile runs once, at the next one', async () => {
      const place = newPlace(engine)
      const first = await start(place)
      const where = { port: first.port }
      const page = await open(where)
      const second = await start(place)
      const watcher = await open(second)
      expect(await add(page, 'a')).toBe('a added')
      await shows(watcher, 'a')
      await first.child.kill()
      const offline = ['b', 'c'].map((item) => add(page, item))
      where.port = second.port
      expect(await Promise.all(offline)).toEqual(['b added', 'c added'])
      for (const each of [page, watcher]) await shows(each, 'a,b,c')
    }, 180_000)
  })
}
