import { takeFailures } from './environment.ts'
import { HurriedRunner } from './hurried.ts'
import { Runner } from './runner.ts'
import type { Program } from './spec.ts'
import { loadBrowser, unplanned } from './worlds.tsx'

/** Runs a program in plain React and in a live tree; throws at the first difference between the two. */
export async function run(program: Program): Promise<void> {
  const browser = await loadBrowser()
  const { hurry } = program
  const runner = hurry ? new HurriedRunner(program, hurry, browser) : new Runner(program, browser)
  const release = takeFailures((error) => unplanned.push(error))
  try {
    await runner.all()
  } finally {
    await runner.close()
    release()
  }
  runner.checkNothingLeft()
}
