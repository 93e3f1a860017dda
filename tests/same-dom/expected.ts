import { entriesOf } from './actions.tsx'
import type { Entry, FieldElement } from './hands.ts'

function closest(element: Element, within: Element): Element[] {
  const path: Element[] = []
  for (let at: Element | null = element; at !== null && at !== within; at = at.parentElement) path.push(at)
  return path
}

const flagsOf = (element: Element): string => element.getAttribute('data-flags') ?? ''

/**
 * The calls of a click on what is on the screen, by the rules of the DOM and by what the elements say of the closures that
 * they were rendered with: down to the element, then up from it, until a handler stops it.
 */
export function clickCalls(target: Element, container: Element): string[] {
  const heard: string[] = []
  const up = closest(target, container)
  const visit = (element: Element, attribute: string): boolean => {
    const mark = element.getAttribute(attribute)
    if (mark !== null) heard.push(mark)
    return mark !== null && flagsOf(element).includes('stop')
  }
  const isCapture = (element: Element) => flagsOf(element).includes('capture')
  for (const element of [...up].reverse())
    if (isCapture(element) && visit(element, 'data-click')) return heard
  for (const element of up) {
    visit(element, 'data-hope')
    if (!isCapture(element) && visit(element, 'data-click')) return heard
  }
  return heard
}

/** A change of a checkbox is an event of its own, which a handler of the click does not stop. */
export function editCalls(field: FieldElement, entry: Entry, container: Element): string[] {
  const edit = `edit ${field.getAttribute('data-edit')} ${entry.text}`
  return entry.kind === 'click' ? [...clickCalls(field, container), edit] : [edit]
}

export function submitCalls(form: HTMLFormElement, submitter: HTMLElement | null): string[] {
  const mark = (submitter?.hasAttribute('data-submit') ? submitter : form).getAttribute('data-submit')
  const given = new FormData(form, submitter)
  return [`submit ${mark} ${entriesOf(given)}`]
}
