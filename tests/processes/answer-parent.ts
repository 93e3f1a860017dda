type Answers = Readonly<Record<string, (argument: never) => unknown>>

interface Question {
  readonly id: number
  readonly name: string
  readonly argument: never
}

/** Answers the questions of the parent process, and ends with it. */
export function answerParent(answers: Answers): void {
  process.on('message', async ({ id, name, argument }: Question) => {
    try {
      process.send?.({ id, value: await answers[name]?.(argument) })
    } catch (error) {
      process.send?.({ id, error: String((error as Error)?.stack ?? error) })
    }
  })
  process.once('disconnect', () => process.exit())
}
