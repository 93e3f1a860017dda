import './same-dom/environment.ts'
import { checkSameDom } from './same-dom/property.ts'

const runs = 60
const seed = 20261

// React's development build checks more and freezes what it gets; neither world may have anything to complain about.
test(`the same in React's development build, in ${runs} random sequences, without a warning`, async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => {})
  await checkSameDom({ runs, seed })
  const unexpected = said.mock.calls.filter(([message]) => !isAboutThePrograms(String(message)))
  expect(unexpected).toEqual([])
}, 600_000)

/** Random trees break these rules of React, in both worlds. */
function isAboutThePrograms(message: string): boolean {
  return /unique "key" prop|cannot be a descendant|cannot be a child|cannot contain/.test(message)
}
