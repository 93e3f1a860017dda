import { givenItems, hopes, type Shown } from './widgets.tsx'

/**
 * What a `Hope` showed once it must show until the end: neither a guess nor what came true may go away, or come twice.
 *
 * @param waits where parts may wait. The server's component may then be gone, while the browser still shows it: what
 *   that one is asked comes to nothing, and so does the guess.
 */
export function checkHopes(waits: boolean, difference: (text: string) => Error): void {
  for (const hope of hopes) {
    const problem = flickerIn(hope, isAlone(hope), waits)
    if (problem) throw difference(`${problem} in ${JSON.stringify(hope)}`)
    hope.commits.splice(0, hope.commits.length - 1)
  }
}

/** Several of one name have their items in common, which another one may expect too. */
function isAlone({ name }: Shown): boolean {
  return [...hopes].filter((other) => other.name === name).length <= 2
}

function flickerIn({ commits }: Shown, alone: boolean, waits: boolean): string | null {
  let before = commits[0]
  for (const commit of commits) {
    const { owner, items } = commit
    const lost = before?.owner === owner && before.items.find((item) => !items.includes(item))
    if (typeof lost === 'string' && (!waits || givenItems.get(owner)?.has(lost))) return `${lost} went away`
    if (alone && new Set(items).size < items.length) return 'one came twice'
    before = commit
  }
  return null
}

/** What a call did is on the screen when it is answered, unless an action holds it back. */
export function checkAnswers(difference: (text: string) => Error): void {
  for (const { early } of hopes)
    if (early.length > 0) throw difference(`${early.join()} came after the answer`)
}
