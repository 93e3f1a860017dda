// A program that does not do what it is asked for.
import { answerParent } from './answer-parent.ts'

answerParent({
  never: () => new Promise(() => {}),
  hang: () => {
    for (;;);
  },
  soon: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, 'here')),
})
