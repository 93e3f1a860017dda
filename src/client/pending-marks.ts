/** On elements with a call under way, for style sheets: `[data-live-pending] { opacity: 0.6 }`. */
export const pendingAttribute = 'data-live-pending'

const counts = new WeakMap<Element, number>()

/**
 * Marks an element as long as a call of its is not answered. React leaves attributes alone that it did not set.
 *
 * @returns an answer that settles when the mark is gone.
 */
export function markPending(element: Element, answer: Promise<unknown>): Promise<unknown> {
  count(element, 1)
  const done = () => count(element, -1)
  return answer.then(
    (result) => {
      done()
      return result
    },
    (error: unknown) => {
      done()
      throw error
    },
  )
}

function count(element: Element, change: number): void {
  const now = (counts.get(element) ?? 0) + change
  counts.set(element, now)
  if (now > 0) element.setAttribute(pendingAttribute, '')
  else element.removeAttribute(pendingAttribute)
}

/**
 * The element whose `action` or `formAction` is being called: no event is passed to those, but React calls them while
 * the submit is being dispatched. React puts a URL that does nothing on a button with a function.
 */
export function submittingElement(event: Event | undefined): Element | null {
  if (event?.type !== 'submit') return null
  const { target, submitter } = event as SubmitEvent
  const element = submitter?.hasAttribute('formaction') ? submitter : target
  return element instanceof Element ? element : null
}
