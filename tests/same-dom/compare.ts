/** Numbers for things as they are met; the same number later means the same thing. */
class Numbers<T> {
  private readonly known = new Map<T, number>()

  of(thing: T): number {
    let number = this.known.get(thing)
    if (number === undefined) {
      number = this.known.size
      this.known.set(thing, number)
    }
    return number
  }
}

/**
 * Writes a container's content down, so that two are equal where a user could not tell them apart: nodes (text nodes
 * too), attributes, what is typed. With `identity` also which nodes are the ones that were there before: focus,
 * selection and scroll position hang on them.
 */
export class Snapshots {
  private readonly nodes = new Numbers<Node>()
  private ids = new Numbers<string>()

  constructor(
    private readonly container: Element,
    private readonly identity: boolean,
  ) {}

  take(): string {
    const lines: string[] = []
    if (!this.identity) this.ids = new Numbers()
    this.children(this.container, '', lines)
    return lines.join('\n')
  }

  private children(parent: Node, indent: string, lines: string[]): void {
    for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
      // That of a textarea is its default value, and new whenever that changes, as it does with what is entered.
      const isMarked = this.identity && parent.nodeName !== 'TEXTAREA'
      const mark = isMarked ? ` #${this.nodes.of(node)}` : ''
      if (node.nodeType === 1) {
        lines.push(`${indent}<${this.element(node as Element)}>${mark}`)
        this.children(node, `${indent}  `, lines)
      } else {
        lines.push(`${indent}${node.nodeName} ${short(node.nodeValue ?? '')}${mark}`)
      }
    }
  }

  private element(element: Element): string {
    const parts = [element.localName]
    for (const name of element.getAttributeNames().sort()) {
      if (isEmptyDefault(name, element) || (!this.identity && isHistory(name, element))) continue
      parts.push(`${name}=${this.attribute(element, name)}`)
    }
    if (element.matches('input, select, textarea, option')) {
      const { value, checked, selected, type } = element as HTMLInputElement & { selected?: boolean }
      // A text field that was a checkbox keeps what nobody can see.
      const isBox = type === 'checkbox' || type === 'radio'
      const isOld = !this.identity && (isHistory('value', element) || showsFirst(element, value))
      parts.push(`.value=${isOld ? '' : value}`, `.checked=${isBox && checked}`, `.selected=${selected}`)
    }
    return parts.join(' ')
  }

  private attribute(element: Element, name: string): string {
    const value = element.getAttribute(name) ?? ''
    // The two worlds are in one page, where a name makes radio buttons one group.
    const isId = name === 'data-uid' || (name === 'name' && element.matches('[type=radio]'))
    if (isId) return `id${this.ids.of(value)}`
    // The order of declarations tells which were there first; the properties of these styles have nothing to do with
    // one another.
    const isOrdered = this.identity || name !== 'style'
    return JSON.stringify(isOrdered ? value : value.split('; ').map(withoutEnd).sort().join('; '))
  }
}

/**
 * Attributes that tell what was there before: the first render's data or state, a style that has been taken away, what
 * was typed before a text field became a checkbox (`tests/react-facts.test.tsx`).
 */
function isHistory(name: string, element: Element): boolean {
  if (name === 'value') return element.matches('[type=checkbox][data-edit^="field:"]')
  return (
    name === 'data-first' || name === 'checked' || (name === 'style' && element.getAttribute(name) === '')
  )
}

/**
 * A field without the attribute has the same default. React writes it once it has rendered what was typed, which the live
 * page does until the answer is there, and a page that ignores what is typed does not (`tests/react-facts.test.tsx`).
 */
const isEmptyDefault = (name: string, element: Element) =>
  name === 'value' && element.matches('[data-edit][value=""]')

/**
 * A field that nobody typed in shows the default of its first render, or the newest one where the first was empty. Which
 * one was first tells whether the states between were shown one by one, or React skipped those that lack the field
 * (`tests/react-facts.test.tsx`).
 */
function showsFirst(element: Element, value: string): boolean {
  const first = element.getAttribute('data-first')
  return value === (first === '' ? element.getAttribute('value') : first)
}

const withoutEnd = (declaration: string) => declaration.replace(/;$/, '')

/** Long text as its start, length and checksum. */
function short(text: string): string {
  if (text.length < 60) return JSON.stringify(text)
  let sum = 0
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0
  return `${JSON.stringify(text.slice(0, 30))}… ${text.length} ${sum}`
}

/** Two snapshots around the first line in which they differ. */
export function showDifference(expected: string, actual: string): string {
  const [a, b] = [expected.split('\n'), actual.split('\n')]
  const first = a.findIndex((line, i) => line !== b[i])
  const start = Math.max(0, (first < 0 ? a.length : first) - 12)
  return `React:\n${a.slice(start, start + 24).join('\n')}\nLive:\n${b.slice(start, start + 24).join('\n')}`
}
