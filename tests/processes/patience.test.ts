import { Child } from './child.ts'
import { patiently } from './patience.ts'

jest.setTimeout(120_000)

let child: Child

beforeEach(() => {
  child = Child.start(new URL('./never-answers.ts', import.meta.url))
})

afterEach(() => child.kill())

test('what comes late is waited for', async () => {
  await expect(patiently([child], child.ask('soon', 1_000))).resolves.toBe('here')
})

test('what has not come after many turns of the program does not come', async () => {
  const waiting = patiently([child], child.ask('never'), { turns: 10 })
  await expect(waiting).rejects.toThrow('Nothing came of it in 10 turns.')
})

test('a program that computes on and on in one turn hangs', async () => {
  const waiting = patiently([child], child.ask('hang'), {
    turns: Number.POSITIVE_INFINITY,
    turnCpuMs: 300,
  })
  await expect(waiting).rejects.toThrow('It hangs')
})

test('a program that ends is not waited for', async () => {
  const waiting = patiently([child], child.ask('never'))
  await child.kill()
  await expect(waiting).rejects.toThrow('The process ended')
})
