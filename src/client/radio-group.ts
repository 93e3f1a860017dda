type Listener = (event: Event) => void

const listeners = new WeakMap<Element, Listener>()

/** Hears of a choice of another radio button in the group of `element`, which the browser has then unchecked. */
export function listenToGroup(element: Element, listener: Listener): void {
  listeners.set(element, listener)
}

/** Tells the others of its group that a radio button was chosen. React restores all of a group when one has changed. */
export function tellGroup(chosen: Element, event: Event): void {
  const { type, name, form } = chosen as HTMLInputElement
  if (type !== 'radio' || name === '') return
  const page = chosen.getRootNode() as ParentNode & Node
  for (const other of page.querySelectorAll<HTMLInputElement>('input[type=radio]')) {
    if (other !== chosen && other.name === name && other.form === form) listeners.get(other)?.(event)
  }
}
