// The real client, on pages by jsdom, in a process of its own.
import './short-waits.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures } from '../processes/figures.ts'
import { isDocumented } from '../support/documented.ts'
import { BystanderPage } from './bystander-page.ts'
import { play } from './play.ts'
import { record } from './record.ts'

// The page hears of a call that failed as of any promise that nobody waits for, with a code.
keepFailures(isDocumented)

let bystander: BystanderPage | undefined

answerParent({
  record,
  play,
  figures,
  /** Opens a page that is not attacked, on a real server; from then on it clicks. */
  bystand: (port: number) => {
    bystander = new BystanderPage(port)
  },
  /** Waits until the bystander has clicked once more, and tells how often it has. */
  clicks: () => bystander?.another(),
})
