import { clickCalls, editCalls, submitCalls } from './expected.ts'
import { type Entry, enter, entryFor, type FieldElement, flagsAbove } from './hands.ts'
import type { Step } from './spec.ts'

/** What a user does to one element, and what must come of it. */
export interface Interaction {
  /** The handlers that must be called, in order, with what they captured and are given. */
  readonly calls: readonly string[]
  readonly edit?: { readonly field: FieldElement; readonly entry: Entry }
  readonly form?: HTMLFormElement
  run(): void
}

/** A step of a user, on what a container shows; null where there is nothing to do it to. */
export function interactionOf(step: Step, container: Element): Interaction | null {
  switch (step.do) {
    case 'click': {
      const target = pick<HTMLElement>(container, '[data-click], [data-hope]', step.nth)
      return target && { calls: clickCalls(target, container), run: () => target.click() }
    }
    case 'edit': {
      const field = pick<FieldElement>(container, '[data-edit]', step.nth)
      const entry = field && entryFor(field, step.how)
      // React itself does not hear of a click that was stopped on its way down, and so not of the change.
      if (!field || !entry || (entry.kind === 'click' && flagsAbove(field).includes('stop capture')))
        return null
      if (entry.kind === 'click' && isUnheard(field as HTMLInputElement)) return null
      return {
        calls: editCalls(field, entry, container),
        edit: { field, entry },
        run: () => enter(field, entry),
      }
    }
    case 'submit': {
      const form = pick<HTMLFormElement>(container, 'form', step.nth)
      if (!form) return null
      const button = form.querySelector<HTMLElement>(step.by === 'other' ? '.other' : '.own')
      const submitter = step.by === 'script' ? null : button
      return {
        calls: submitCalls(form, submitter),
        form,
        run: () => form.requestSubmit(submitter ?? undefined),
      }
    }
    default:
      return null
  }
}

/**
 * React tells a change by what it knows of the field; of a checkbox that was a text field it does not know that it set
 * it back itself (`tests/react-facts.test.tsx`).
 */
function isUnheard(field: HTMLInputElement): boolean {
  const { _valueTracker: known } = field as { _valueTracker?: { getValue(): string } }
  return field.type === 'checkbox' && known?.getValue() === String(!field.checked)
}

function pick<T extends Element>(container: Element, selector: string, nth: number): T | null {
  const all = [...container.querySelectorAll<T>(selector)].filter(isVisible)
  return all[nth % Math.max(all.length, 1)] ?? null
}

/** What React hides, while it waits or in an Activity, nobody can click. */
function isVisible(element: Element): boolean {
  return element.closest('[style*="display: none"]') === null
}
