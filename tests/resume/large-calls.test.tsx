import '../support/dom.ts'
import type { LiveArgument } from 'liveroot'
import { errorCodes, live, useLiveStream } from 'liveroot/client'
import { clientComponent, renderLive } from 'liveroot/testing'
import { type ReactNode, Suspense, useState } from 'react'
import { text, until } from '../live-tree/support.ts'

type Ask = (value: string) => Promise<number>

let ask: Ask = async () => 0
const Probe = clientComponent('LargeProbe', ({ ask: given }: { ask: unknown }): ReactNode => {
  ask = given as Ask
  return null
})

const limits = { maxMessageBytes: 1_000 }

/** Of which the message of a call with it is so large. */
function textFor(messageBytes: number, character = 'x'): string {
  const around = 'c1,1,1,1\n0.ask\n[""]'.length
  const size = Buffer.byteLength(character)
  return character.repeat(Math.floor((messageBytes - around) / size))
}

test.each([
  ['ASCII', 'x'],
  ['characters of three bytes', '€'],
  ['characters of four bytes', '😀'],
])(
  'a call that the server would not take is rejected before it is sent, others go on: %s',
  async (_, character) => {
    const lengths: number[] = []
    const screen = await renderLive(<Probe ask={async (value: string) => lengths.push(value.length)} />, {
      limits,
    })
    const within = textFor(980, character)
    const before = ask('before')
    await expect(ask(textFor(1_020, character))).rejects.toMatchObject({ code: 'arguments_too_large' })
    expect([await before, await ask(within), await ask('after')]).toEqual([1, 2, 3])
    expect(lengths).toEqual([6, within.length, 5])
    const largest = Math.max(...screen.traffic.map(({ up, data }) => (up ? Buffer.byteLength(data) : 0)))
    expect([largest > 900, largest <= 1_000, screen.link.opened]).toEqual([true, true, 1])
    expect(errorCodes.arguments_too_large.retry).toBe(false)
    await screen.unmount()
  },
)

test('one that was made offline is rejected when its turn comes, and those behind it run', async () => {
  const asked: string[] = []
  const client = { reconnect: { firstDelayMs: 5, maxDelayMs: 5 } }
  const screen = await renderLive(<Probe ask={async (value: string) => asked.push(value)} />, {
    limits,
    client,
  })
  screen.link.goOffline()
  const answers = ['first', textFor(2_000), 'last'].map((each) => ask(each))
  const settled = Promise.allSettled(answers)
  screen.link.goOnline()
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(asked).toEqual(['first', 'last'])
  await screen.unmount()
})

let setWord: (word: string) => void = () => {}
const Follower = clientComponent('LargeFollower', ({ follow }: { follow: never }): ReactNode => {
  const [word, set] = useState('a')
  setWord = set
  return useLiveStream(follow as (word: LiveArgument<string>) => AsyncIterable<string>, [live(word)])
})

test('a live argument that is too large is said in the console, and the stream goes on', async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => {})
  async function* follow(words: LiveArgument<string>) {
    for await (const word of words) yield word
  }
  const screen = await renderLive(
    <Suspense>
      <Follower follow={follow as never} />
    </Suspense>,
    { limits },
  )
  await until(() => text(screen) === 'a')
  setWord(textFor(2_000))
  await until(() => said.mock.calls.some(([error]) => error?.code === 'arguments_too_large'))
  setWord('b')
  await until(() => text(screen) === 'b')
  expect(screen.link.opened).toBe(1)
  said.mockRestore()
  await screen.unmount()
})
