import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLiveServer, fileStore, type LiveServer, route } from 'liveroot/server'
import { startTransition, useState } from 'react'
import { RawPage } from './raw-page.ts'

/** Sets its count at once, in a transition, or after a while. */
function Counter() {
  const [n, set] = useState('before')
  const atOnce = (text: string) => set(text)
  const handlers = {
    onClick: () => atOnce('clicked'),
    onMouseDown: () => startTransition(() => atOnce('in a transition')),
    onKeyDown: async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      startTransition(() => atOnce('later, in a transition'))
    },
  }
  return <b {...handlers}>{n}</b>
}

let folder: string
let file: string
let live: LiveServer
let port: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'liveroot-turn-'))
  file = join(folder, 'sessions.log')
  live = createLiveServer({
    routes: [route('/', Counter)],
    clientModules: {},
    sessionStore: fileStore({ path: file }),
  })
  port = (await live.listen(0, '127.0.0.1')).port
})
afterEach(async () => {
  await live.close()
  rmSync(folder, { recursive: true })
})

const stored = (text: string) => readFileSync(file, 'utf8').includes(text)

test.each([
  ['onClick', 'clicked'],
  ['onMouseDown', 'in a transition'],
  ['onKeyDown', 'later, in a transition'],
])('when a call is answered, what it set is in the file: %s', async (handler, text) => {
  const page = await RawPage.open(port, {})
  const slot = /\[(\d+),\["\$","b"/.exec(await page.heard(/^f1,/))?.[1]
  let wasStored: boolean | undefined
  page.onSaid = (message) => {
    if (message.startsWith('r1,')) wasStored = stored(text)
  }
  expect(stored(text)).toBe(false)
  page.say(`c1,1,1,${slot}\n0.${handler}`)
  await page.heard(/^r1,/)
  expect(wasStored).toBe(true)
  page.close()
})

test('of sessions that are saved together, each is there', async () => {
  const pages = await Promise.all(Array.from({ length: 20 }, () => RawPage.open(port, {})))
  for (const page of pages) {
    const slot = /\[(\d+),\["\$","b"/.exec(await page.heard(/^f1,/))?.[1]
    page.say(`c1,1,1,${slot}\n0.onClick`)
  }
  await Promise.all(pages.map((page) => page.heard(/^r1,/)))
  for (const { welcome } of pages) {
    const [session] = welcome.token.split('.') as [string]
    const records = readFileSync(file, 'latin1').split(`["${session}",`)
    expect(records.filter((record) => record.includes('clicked'))).not.toEqual([])
  }
  for (const page of pages) page.close()
})
