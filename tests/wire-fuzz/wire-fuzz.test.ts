import { Draw } from '../support/random.ts'
import { hostileBrowser, hostileServer, type Item, type Recording } from './cases.ts'
import { ClientTarget } from './client-target.ts'
import { fuzz, recordConversation } from './fuzz.ts'
import { ServerTarget } from './server-target.ts'
import { shrink } from './shrink.ts'

// The short form of `npm run fuzz:wire`. Growth shows in long runs only, and is not looked at here.
const options = {
  messages: 600,
  seed: 20_000,
  looksForGrowth: false,
  progress: () => {},
  suspected: () => {},
}

jest.setTimeout(180_000)

let recording: Recording

beforeAll(async () => {
  recording = await recordConversation()
})

test('hostile browsers: the server refuses with documented codes, and nobody else is disturbed', async () => {
  const run = await fuzz(new ServerTarget(), (draw) => hostileBrowser(draw, recording), options)
  expect(run.failure).toBeNull()
})

test('a hostile server: the client and the other pages beside it go on', async () => {
  const run = await fuzz(new ClientTarget(), (draw) => hostileServer(draw, recording), options)
  expect(run.failure).toBeNull()
})

test('the same seed makes the same cases', () => {
  const [one, again, other] = [7, 7, 8].map((seed) => hostileBrowser(new Draw(seed), recording))
  expect(again).toEqual(one)
  expect(other).not.toEqual(one)
})

test('what must not happen is found, and cut down to what it takes', async () => {
  const target = new ServerTarget()
  const poison: Item = { message: 'c1,1,0,1\n0.4.poison' }
  const { failure } = await fuzz(target, (draw) => poisoned(draw, poison), options)
  expect(failure?.finding).toMatchObject({ what: 'nobody caught an error' })
  expect(failure?.items).toHaveLength(3)
  expect(failure?.items.at(-1)).toEqual(poison)
})

function poisoned(draw: Draw, poison: Item): Item[] {
  const opening = [{ message: 'h2' }, { message: 'm1\n/app/1' }]
  const more = Array.from({ length: draw.below(6) }, (): Item => ({ message: 'p' }))
  return [...opening, ...more, ...(draw.percent(10) ? [poison] : []), ...more]
}

test('shrinking keeps what is needed, in order', async () => {
  const list = Array.from({ length: 40 }, (_, i) => i)
  const needs = async (part: readonly number[]) => part.includes(3) && part.includes(17) && part.includes(39)
  expect(await shrink(list, needs)).toEqual([3, 17, 39])
})
