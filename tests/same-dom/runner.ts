import type { LatencyOptions } from '../../src/testing/delay-line.ts'
import { Snapshots, showDifference } from './compare.ts'
import { settle } from './environment.ts'
import { clickCalls } from './expected.ts'
import { checkAnswers, checkHopes } from './hopes.ts'
import { interactionOf } from './interactions.ts'
import { others } from './others.ts'
import type { Side } from './side.ts'
import { type Program, type Step, type Target, waitsIn } from './spec.ts'
import { givenItems, hopes, widgetEffects } from './widgets.tsx'
import { blankName, LiveWorld, type loadBrowser, ReactWorld, unplanned, type World } from './worlds.tsx'

const fallbacks = 'h5, h6'

type Browser = Awaited<ReturnType<typeof loadBrowser>>

/** Runs a program step by step, each when what the one before began has ended. */
export class Runner {
  protected readonly react: ReactWorld
  protected readonly live: LiveWorld
  protected readonly worlds: readonly World[]
  protected readonly expected: Snapshots
  protected readonly actual: Snapshots
  protected readonly log: string[] = []
  /** Some part of the program may wait for a promise. */
  protected readonly waits: boolean
  protected done = false

  constructor(
    protected readonly program: Program,
    browser: Browser,
    latency: LatencyOptions = {},
  ) {
    unplanned.length = 0
    widgetEffects.count = 0
    hopes.clear()
    givenItems.clear()
    this.waits = waitsIn(program.root)
    this.react = new ReactWorld(program, browser)
    this.live = new LiveWorld(program, browser, latency)
    this.worlds = [this.react, this.live]
    this.expected = new Snapshots(this.react.container, !program.flood && !program.hurry)
    this.actual = new Snapshots(this.live.container, !program.flood && !program.hurry)
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
      case 'edit':
      case 'submit':
        // What it sets may be mounted in one of the two only.
        if (this.sameMounted && !this.live.isStalled) await this.interact(step)
        return
      case 'other':
        this.changeByOthers(step)
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
      case 'rest':
        return
    }
    await this.settled(JSON.stringify(step))
  }

  /**
   * True while the two may differ because something waits. React holds a whole update back, a live tree only the part
   * that waits. And an async component beside one that waits is there already in a live tree: when it fails, it fails
   * before its neighbour has come, and when it waits once more, it has an old output to show in place of the fallback.
   */
  protected get apart(): boolean {
    if (this.react.held) return true
    if (this.waiting().length === 0) return false
    const count = (world: World, selector: string) => world.container.querySelectorAll(selector).length
    const { react, live } = this
    if (count(react, '.error') !== count(live, '.error')) return true
    return count(react, fallbacks) > count(live, fallbacks)
  }

  protected async resume(): Promise<void> {
    if (!this.live.isStalled) return
    await this.live.resume(this.program.flood)
    await this.settled('resumed')
  }

  /** The same event in both, and the same handlers with the same values in both. */
  private async interact(step: Step): Promise<void> {
    const [own, live] = this.worlds.map(({ container }) => interactionOf(step, container))
    if (!own || !live) return
    const what = JSON.stringify(step)
    const { calls } = live
    // To a server, several handlers of one event are several calls and updates, of which a frame may tell at once.
    if (calls.length > 1 && (this.waits || !this.program.flood)) return
    for (const { side } of this.worlds) side.heard = []
    if (calls.length > 1) this.live.side.acts = []
    else own.run()
    live.run()
    await this.settled(what)
    if (calls.length > 1) await this.repeat()
    else this.checkHeard(calls, this.react.side.heard, 'React')
    this.checkHeard(calls, this.live.side.heard, 'the live tree')
    checkHopes(this.waits, (text) => this.difference(text))
    checkAnswers((text) => this.difference(text))
  }

  /** Does in plain React what was done on the server. */
  protected async repeat(): Promise<void> {
    const { side } = this.react
    for (const acts of this.live.side.acts?.splice(0) ?? []) {
      side.update(() => {
        for (const { name, update } of acts) side.set(name, update)
      })
      await settle()
    }
    this.live.side.acts = null
    this.compare()
  }

  private checkHeard(expected: readonly string[], heard: readonly string[], who: string): void {
    if (expected.join() !== heard.join())
      throw this.difference(`To be called: ${expected.join('; ')}\nCalled in ${who}: ${heard.join('; ')}`)
  }

  private changeByOthers(step: Extract<Step, { do: 'other' }>): void {
    const act = others(this.mountedIn(this.worlds.map(({ side }) => side)), step)
    if (act === null) return
    for (const { side } of this.worlds) side.update(() => side.set(act.name, act.update))
  }

  protected chosen(
    sets: readonly { readonly name: Target; readonly value: number }[],
    names: readonly string[],
  ): { name: string; value: number }[] {
    if (names.length === 0) return []
    const chosen = sets.map(({ name, value }) => ({
      name: typeof name === 'string' ? name : (names[name % names.length] as string),
      value,
    }))
    this.log.push(`set ${chosen.map(({ name, value }) => `${name}=${value}`).join(' ')}`)
    return chosen
  }

  private set(sets: readonly { readonly name: Target; readonly value: number }[]): void {
    const chosen = this.chosen(sets, this.settable(this.worlds))
    for (const { side } of this.worlds) {
      side.update(() => {
        for (const { name, value } of chosen) side.set(name, value)
      })
    }
  }

  /** The boxes that a step may set. */
  protected settable(worlds: readonly World[]): string[] {
    // The boundary around everything is only worth setting when it has something to show.
    const isCalm = worlds[0]?.container.querySelector('.error') === null
    const names = this.mountedIn(worlds.map(({ side }) => side))
    return names.filter((name) => !name.includes(':') && name !== blankName && (name !== 'top' || !isCalm))
  }

  /** A component beside one that waits is mounted on a live server and, in React, not yet. */
  protected mountedIn(sides: readonly Side[]): string[] {
    const [first, ...rest] = sides.map((side) => side.mounted())
    const everywhere = ([name, count]: [string, number]) => rest.every((other) => other.get(name) === count)
    return [...(first ?? [])]
      .filter(everywhere)
      .map(([name]) => name)
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
    const found = this.pick(selector, nth)
    // Several handlers of one event are several updates to a server: see `interact`.
    if (found.some((element) => clickCalls(element, document.body).length > 1)) return
    for (const element of found) element.click()
  }

  private type(nth: number, text: string): void {
    for (const element of this.pick('input.field, input.free', nth))
      (element as HTMLInputElement).value = text
  }

  protected resolve(id: number): void {
    for (const { side } of this.worlds) side.settle(id)
  }

  protected async resolveNext(which: number): Promise<boolean> {
    const waiting = this.waiting()
    const id = waiting[which % Math.max(waiting.length, 1)]
    if (id === undefined) return false
    this.resolve(id)
    await this.settled(`resolve ${id}`)
    return true
  }

  protected waiting(): number[] {
    return [...new Set(this.worlds.flatMap(({ side }) => side.waiting()))].sort()
  }

  protected async resolveAll(): Promise<void> {
    while (await this.resolveNext(0));
  }

  protected async settled(what: string): Promise<void> {
    this.log.push(what)
    await settle()
    this.checkErrors()
    if (!this.comparable || this.apart || this.live.isStalled) return
    this.compare()
  }

  protected checkErrors(): void {
    const [error] = unplanned
    if (error !== undefined) throw this.difference(`error: ${String((error as Error)?.stack ?? error)}`)
  }

  /** False while the two worlds are not to be the same. */
  protected get comparable(): boolean {
    return this.live.side.acts === null
  }

  protected compare(): void {
    const expected = this.expected.take()
    const actual = this.actual.take()
    if (expected !== actual) throw this.difference(showDifference(expected, actual))
  }

  protected difference(text: string): Error {
    return new Error(`After ${this.log.join('; ')}\n${text}`)
  }

  /** With everything taken away: the slots of the route's component and of `App` stay. */
  protected async blank(): Promise<void> {
    for (const { side } of this.worlds) side.update(() => side.set(blankName, 1))
    await this.settled('blank')
    const { slots, leaving, shown } = this.live.left
    const pending = document.querySelectorAll('[data-live-pending]').length
    if (pending > 0) throw this.difference(`${pending} elements are still pending`)
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
