import { expectNothingWrong } from './short-run.ts'

jest.setTimeout(300_000)

test('cut connections and a killed server change nothing of what browsers show', () => {
  return expectNothingWrong('file')
})
