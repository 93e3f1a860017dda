import { defaultReconnectOptions, retryDelayMs } from './reconnect.ts'

const { firstDelayMs, maxDelayMs } = defaultReconnectOptions

/** The shortest and the longest wait that may be drawn. */
function range(attempts: number, retryAfterMs?: number): [number, number] {
  const random = jest.spyOn(Math, 'random')
  const drawn = (value: number) => {
    random.mockReturnValue(value)
    return Math.round(retryDelayMs(defaultReconnectOptions, attempts, retryAfterMs))
  }
  const both: [number, number] = [drawn(0), drawn(1)]
  random.mockRestore()
  return both
}

test('each try may wait twice as long as the one before, up to the longest, and any shorter time', () => {
  expect([1, 2, 3].map((attempts) => range(attempts))).toEqual([
    [0, firstDelayMs],
    [0, 2 * firstDelayMs],
    [0, 4 * firstDelayMs],
  ])
  for (const attempts of [7, 8, 1_000, Number.MAX_SAFE_INTEGER])
    expect(range(attempts)).toEqual([0, maxDelayMs])
})

test('what the server asks for is the least, and is spread too', () => {
  expect(range(1, 2_000)).toEqual([2_000, 4_000])
  expect(range(1_000, 2_000)).toEqual([2_000, 2_000 + maxDelayMs])
})
