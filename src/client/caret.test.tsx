import '../../tests/support/dom.ts'
import { find, Input, save, show, Textarea } from '../../tests/support/fields.tsx'
import { moveOffset } from './caret.ts'

describe('the caret', () => {
  test.each([
    ['keeps its place in a text of the same length', 'ab|cd', 'AB|CD'],
    ['stays before the text after it', '12|34', '12-|34'],
    ['stays at the end', '(12) 3|', '(12) 34-|'],
    ['stays inside a text that became short', 'abcd|ef', 'ABC|'],
    ['stays where the rest changed', 'a|bc', 'A|BCD'],
  ])('%s', (_name, before, after) => {
    const plain = (text: string) => text.replace('|', '')
    expect(moveOffset(before.indexOf('|'), plain(before), plain(after))).toBe(after.indexOf('|'))
  })

  test.each([
    ['input', Input],
    ['textarea', Textarea],
  ])('and the selection in a focused %s stay when the server rewrites the text', (tag, Field) => {
    show(<Field value="one two" onChange={save} />)
    const element = find<HTMLInputElement>(tag)
    element.focus()
    element.setSelectionRange(1, 3, 'backward')
    show(<Field value="ONE TWO" onChange={save} />)
    expect([element.value, element.selectionStart, element.selectionEnd]).toEqual(['ONE TWO', 1, 3])
    expect(element.selectionDirection).toBe('backward')
  })

  test('of a field without the focus is left alone, and the focus is not taken', () => {
    show(<Input value="one" onChange={save} />)
    find().setSelectionRange(1, 1)
    show(<Input value="ONE" onChange={save} />)
    expect(find().selectionStart).toBe(3)
    expect(document.activeElement).toBe(document.body)
  })

  test('of a field without one is not looked for', () => {
    show(<Input type="number" value="1" onChange={save} />)
    find().focus()
    show(<Input type="number" value="2" onChange={save} />)
    expect(find().value).toBe('2')
  })
})
