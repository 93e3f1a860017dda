import { randomFrom } from '../support/random.ts'
import { delayTimers, pass, setDistance, stealTime } from './environment.ts'
import type { FieldElement } from './hands.ts'
import { heldBy } from './hands.ts'
import { checkHopes } from './hopes.ts'
import { type Interaction, interactionOf } from './interactions.ts'
import { others } from './others.ts'
import { Runner } from './runner.ts'
import type { Hurry, Program, Step } from './spec.ts'
import { type loadBrowser, unplanned } from './worlds.tsx'

/** A call that must come to the server. */
interface Expected {
  /** What the handler captured for what was on the screen, and what it is given. */
  readonly what: string
  /** Where it is for the newest render, which may have captured something else, or be gone: see `followsEdits`. */
  readonly newest: boolean
}

/** What a field must show until the call that tells of it is answered. */
interface Typed {
  readonly text: string
  /** Of the field as it was: React makes a text field of the very element that was a checkbox. */
  readonly type: string
  readonly call: number
}

/**
 * Runs a program in which nobody waits for the server. The user acts on what the live page shows; what that must lead to
 * is known from what the page says of itself then. What the handlers did on the server is done to plain React when
 * nothing is under way any more, in the same order, and the two must be the same.
 */
export class HurriedRunner extends Runner {
  private readonly calls: Expected[] = []
  private readonly typed = new Map<FieldElement, Typed>()
  private turn = 0
  private refused = 0

  constructor(
    program: Program,
    private readonly hurry: Hurry,
    browser: Awaited<ReturnType<typeof loadBrowser>>,
  ) {
    const random = randomFrom(hurry.seed)
    super(program, browser, { ...hurry, random })
    setDistance(4)
    delayTimers(() => Math.floor(hurry.lateByMs * random()))
    const { stolenMs } = hurry
    if (stolenMs > 0) stealTime(() => stolenMs * random())
  }

  override async all(): Promise<void> {
    await this.settled('mounted')
    this.live.side.acts = []
    for (const step of this.program.steps) {
      await this.hurriedStep(step)
      await pass(this.hurry.pauses[this.turn++ % this.hurry.pauses.length] ?? 0)
      this.check()
    }
    await this.rest()
    this.live.side.acts = null
    await this.resolveAll()
    await this.blank()
    this.done = true
  }

  override async close(): Promise<void> {
    await super.close()
    delayTimers(() => 0)
    stealTime(() => 0)
    setDistance(1)
  }

  private async hurriedStep(step: Step): Promise<void> {
    const { side } = this.live
    switch (step.do) {
      case 'set':
        for (const { name, value } of this.chosen(step.sets, this.settable([this.live])))
          side.act(name, value)
        return
      case 'other': {
        const act = others(this.mountedIn([side]), step)
        this.log.push(act === null ? 'nothing' : `others change ${act.name}`)
        return act === null ? undefined : side.act(act.name, act.update)
      }
      case 'resolve': {
        const waiting = this.waiting()
        const id = waiting[step.which % Math.max(waiting.length, 1)]
        return id === undefined ? undefined : this.resolve(id)
      }
      case 'stall':
        return this.live.stall()
      case 'resume':
        return this.live.deliver()
      case 'rest':
        return this.rest()
      default: {
        const interaction = interactionOf(step, this.live.container)
        if (interaction !== null) this.interactHurried(step, interaction)
      }
    }
  }

  private interactHurried(step: Step, { calls, edit, form, run }: Interaction): void {
    if (form !== undefined && this.live.side.mounted().get(formName(form)) !== 1) return
    this.log.push(`${step.do}: ${calls.join('; ')}`)
    const newest = this.typed.size > 0
    for (const what of calls) this.calls.push({ what, newest: newest || edit !== undefined })
    const { answers } = this.live
    const before = answers.last
    run()
    if (edit === undefined) return
    const { field } = edit
    this.forgetGroup(field)
    // A call whose arguments take time to write leaves later.
    if (answers.last > before) {
      const { type } = field
      this.typed.set(field, { text: edit.entry.text, type, call: answers.last })
    } else this.typed.delete(field)
  }

  private forgetGroup(field: FieldElement): void {
    for (const other of this.typed.keys())
      if (field.type === 'radio' && other.name === field.name) this.typed.delete(other)
  }

  private check(): void {
    this.checkErrors()
    this.checkTyped()
    this.matchCalls(false)
  }

  /** A refusal of a function that was gone, which only those for the newest render may meet, comes to nobody. */
  protected override checkErrors(): void {
    const isRefusal = (error: unknown) => (error as { code?: string } | null)?.code === 'not_on_screen'
    this.refused += unplanned.filter(isRefusal).length
    unplanned.splice(0, unplanned.length, ...unplanned.filter((error) => !isRefusal(error)))
    super.checkErrors()
  }

  private checkTyped(): void {
    const { answers } = this.live
    for (const [field, { text, type, call }] of this.typed) {
      if (!field.isConnected || !answers.isOpen(call)) this.typed.delete(field)
      else if (field.type !== type) this.checkRendered(field)
      else if (heldBy(field) !== text) {
        throw this.difference(
          `A field shows "${heldBy(field)}", but "${text}" was entered, and is not answered`,
        )
      }
    }
  }

  /** What was made of a checkbox says nothing of the text field in its place: see `tests/react-facts.test.tsx`. */
  private checkRendered(field: FieldElement): void {
    const [rendered = ''] = /^.*(?=: )/.exec(field.nextElementSibling?.textContent ?? '') ?? []
    const expected = field.type === 'checkbox' ? rendered && 'on' : rendered
    if (heldBy(field) !== expected)
      throw this.difference(`A field shows "${heldBy(field)}", and was rendered with "${expected}"`)
  }

  /** Every call came once, in order, to the closure that was on the screen. */
  private matchCalls(isEnd: boolean): void {
    const { heard } = this.live.side
    const gone = this.live.answers.gone
    let skipped = 0
    let next = 0
    for (const { what, newest } of this.calls) {
      const came = heard[next]
      if (came === undefined && !isEnd) return
      if (came === what || (newest && came !== undefined && sameButNewer(what, came))) next++
      else if (newest && skipped < gone) skipped++
      else
        throw this.difference(
          `To be called: ${this.calls.map((call) => call.what).join('; ')}\nCalled: ${heard.join('; ')}`,
        )
    }
    if (next < heard.length)
      throw this.difference(`Called, but not asked for: ${heard.slice(next).join('; ')}`)
  }

  /** Waits until nothing is under way, and makes the two worlds the same. */
  private async rest(): Promise<void> {
    this.live.deliver()
    for (let i = 0; i < 30 && (i < 1 || this.live.answers.size > 0); i++) {
      await this.settled('rest')
      // What content that waits is asked is answered when it is there.
      if (this.live.answers.size > 0) await this.resolveNext(0)
    }
    if (this.live.answers.size > 0) throw this.difference(`${this.live.answers.size} calls are not answered`)
    this.check()
    this.matchCalls(true)
    this.typed.clear()
    checkHopes(this.waits, (text) => this.difference(text))
    if (this.live.container.querySelector('[data-live-pending]'))
      throw this.difference('Elements are still pending')
    if (!this.waits) await this.repeat()
    this.live.side.acts = []
  }

  protected override get comparable(): boolean {
    return super.comparable && !this.waits
  }
}

function formName(form: HTMLFormElement): string {
  return /(form:\w+)/.exec(form.getAttribute('data-submit') ?? '')?.[1] ?? ''
}

/**
 * The last word of a mark is what the closure captured; of a submit, what follows is what was entered. Another field of the
 * same kind may stand in the place of the one that was edited: to React it is the same element.
 */
function sameButNewer(what: string, came: string): boolean {
  const known = (mark: string) => {
    if (mark.startsWith('submit')) return mark.replace(/(form:\w+) \d+/, '$1')
    return mark.startsWith('edit') ? mark.replace(/ (\w+):\w+/, ' $1') : mark.replace(/ \d+$/, '')
  }
  return known(what) === known(came)
}
