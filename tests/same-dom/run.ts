import { Snapshots, showDifference } from './compare.ts'
import { settle, takeFailures } from './environment.ts'
import type { Program, Step, Target } from './spec.ts'
import { widgetEffects } from './widgets.tsx'
import { blankName, LiveWorld, ReactWorld, unplanned, type World } from './worlds.tsx'

/** Names that a step must not set by chance. */
const reserved = new Set([blankName])

const fallbacks = 'h5, h6'

/** Runs a program in plain React and in a live tree; throws at the first difference between the two. */
export async function run(program: Program): Promise<void> {
  const runner = new Runner(program)
  const release = takeFailures((error) => unplanned.push(error))
  try {
    await runner.all()
  } finally {
    await runner.close()
    release()
  }
  runner.checkNothingLeft()
}

class Runner {
  private readonly react: ReactWorld
  private readonly live: LiveWorld
  private readonly worlds: readonly World[]
  private readonly expected: Snapshots
  private readonly actual: Snapshots
  private readonly log: string[] = []
  private done = false

  constructor(private readonly program: Program) {
    unplanned.length = 0
    widgetEffects.count = 0
    this.react = new ReactWorld(program)
    this.live = new LiveWorld(program)
    this.worlds = [this.react, this.live]
    this.expected = new Snapshots(this.react.container, !program.flood)
    this.actual = new Snapshots(this.live.container, !program.flood)
    for (const id of program.ready) this.resolve(id)
  }

  async all(): Promise<void> {
    await this.settled('mounted')
    for (const step of this.program.steps) await this.step(step)
    await this.resume()
    await this.resolveAll()
    await this.blank()
    this.done = true
  }

  private async step(step: Step): Promise<void> {
    while (this.apart && (await this.resolveNext(0)));
    switch (step.do) {
      case 'set':
        this.set(step.sets)
        break
      case 'store':
        for (const { side } of this.worlds) side.stores[step.store]?.write(step.value)
        break
      case 'resolve':
        await this.resolveNext(step.which)
        return
      case 'click':
        // What it sets may be mounted in one of the two only.
        if (this.sameMounted) this.click('button.act', step.nth)
        break
      case 'bump':
        if (!this.program.flood) this.click('button.bump', step.nth)
        break
      case 'type':
        if (!this.program.flood) this.type(step.nth, step.text)
        break
      case 'stall':
        this.live.stall()
        return
      case 'resume':
        return this.resume()
    }
    await this.settled(JSON.stringify(step))
  }

  /**
   * True while the two may differ because something waits. React holds a whole update back, a live tree only the part
   * that waits. And an async component beside one that waits is there already in a live tree: when it fails, it fails
   * before its neighbour has come, and when it waits once more, it has an old output to show in place of the fallback.
   */
  private get apart(): boolean {
    if (this.react.held) return true
    if (this.waiting().length === 0) return false
    const count = (world: World, selector: string) => world.container.querySelectorAll(selector).length
    const { react, live } = this
    if (count(react, '.error') !== count(live, '.error')) return true
    return count(react, fallbacks) > count(live, fallbacks)
  }

  private async resume(): Promise<void> {
    if (!this.live.isStalled) return
    await this.live.resume(this.program.flood)
    await this.settled('resumed')
  }

  private set(sets: readonly { readonly name: Target; readonly value: number }[]): void {
    const names = this.settable()
    if (names.length === 0) return
    const chosen = sets.map(({ name, value }) => ({
      name: typeof name === 'string' ? name : (names[name % names.length] as string),
      value,
    }))
    this.log.push(`set ${chosen.map(({ name, value }) => `${name}=${value}`).join(' ')}`)
    for (const { side } of this.worlds) {
      side.update(() => {
        for (const { name, value } of chosen) side.set(name, value)
      })
    }
  }

  /** A component beside one that waits is mounted on a live server and, in React, not yet. */
  private settable(): string[] {
    // The boundary around everything is only worth setting when it has something to show.
    if (this.react.container.querySelector('.error') === null) reserved.add('top')
    else reserved.delete('top')
    const expected = this.react.side.mounted()
    const actual = this.live.side.mounted()
    return [...expected]
      .flatMap(([name, count]) => (actual.get(name) === count && !reserved.has(name) ? [name] : []))
      .sort()
  }

  private get sameMounted(): boolean {
    const [expected, actual] = this.worlds.map(({ side }) => JSON.stringify([...side.mounted()].sort()))
    return expected === actual
  }

  private pick(selector: string, nth: number): readonly HTMLElement[] {
    if (this.live.isStalled) return []
    const found = this.worlds.map(({ container }) => {
      const all = container.querySelectorAll<HTMLElement>(selector)
      return all[nth % Math.max(all.length, 1)]
    })
    return found.filter((element) => element !== undefined)
  }

  private click(selector: string, nth: number): void {
    for (const element of this.pick(selector, nth)) element.click()
  }

  private type(nth: number, text: string): void {
    for (const element of this.pick('input.field', nth)) (element as HTMLInputElement).value = text
  }

  private resolve(id: number): void {
    for (const { side } of this.worlds) side.settle(id)
  }

  private async resolveNext(which: number): Promise<boolean> {
    const waiting = this.waiting()
    const id = waiting[which % Math.max(waiting.length, 1)]
    if (id === undefined) return false
    this.resolve(id)
    await this.settled(`resolve ${id}`)
    return true
  }

  private waiting(): number[] {
    return [...new Set(this.worlds.flatMap(({ side }) => side.waiting()))].sort()
  }

  private async resolveAll(): Promise<void> {
    while (await this.resolveNext(0));
  }

  private async settled(what: string): Promise<void> {
    this.log.push(what)
    await settle()
    if (unplanned.length > 0)
      throw this.difference(`error: ${String((unplanned[0] as Error)?.stack ?? unplanned[0])}`)
    if (this.apart || this.live.isStalled) return
    const expected = this.expected.take()
    const actual = this.actual.take()
    if (expected !== actual) throw this.difference(showDifference(expected, actual))
  }

  private difference(text: string): Error {
    return new Error(`After ${this.log.join('; ')}\n${text}`)
  }

  /** With everything taken away: the slots of the route's component and of `App` stay. */
  private async blank(): Promise<void> {
    for (const { side } of this.worlds) side.update(() => side.set(blankName, 1))
    await this.settled('blank')
    const { slots, leaving, shown } = this.live.left
    if (slots > 2 || leaving > 0)
      throw this.difference(`${slots - 2} slots and ${leaving} leaving slots are left`)
    // With the one that stands for the root as a whole.
    if (shown > 3) throw this.difference(`${shown - 3} slots are left in the browser`)
    for (const { side } of this.worlds) {
      if (side.effects > 1)
        throw this.difference(
          `${side.effects - 1} effects are left, live: ${side.live} ${JSON.stringify([...side.mounted()])}`,
        )
    }
  }

  async close(): Promise<void> {
    await this.live.resume(true)
    for (const world of this.worlds) await world.unmount()
  }

  checkNothingLeft(): void {
    if (!this.done) return
    for (const { side } of this.worlds) {
      if (side.effects !== 0)
        throw this.difference(`Unmounted, ${side.effects} effects are left, live: ${side.live}`)
    }
    if (widgetEffects.count !== 0) throw this.difference(`${widgetEffects.count} effects of widgets are left`)
  }
}
