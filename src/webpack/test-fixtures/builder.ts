import { answerParent } from '../../../tests/processes/answer-parent.ts'
import { buildClientAlone } from './build-client-alone.ts'
import { buildMistakes } from './build-mistakes.ts'
import { buildOnce } from './build-once.ts'
import { watch } from './watch.ts'

// The builds of `liveroot.test.ts` in one process: webpack is loaded once.
answerParent({
  once: buildOnce,
  mistakes: buildMistakes,
  watch,
  clientAlone: buildClientAlone,
})
