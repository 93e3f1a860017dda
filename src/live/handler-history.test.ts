import { HandlerHistory } from './handler-history.ts'
import { Handler, TemplateElement } from './template.ts'

const closures = (name: string) => new Map([['0.onClick', () => name]])

test('a click runs the closure of the frame that was on screen', () => {
  const history = new HandlerHistory()
  history.publish(closures('first'), null, 1, 0)
  history.publish(closures('second'), null, 2, 0)
  expect(history.shown(1, 100)?.find('0.onClick')?.()).toBe('first')
  expect(history.shown(2, 100)?.find('0.onClick')?.()).toBe('second')
})

test('closures that came without a frame replace those of the frame before', () => {
  const history = new HandlerHistory()
  history.publish(closures('old'), null, 1, 1)
  history.publish(closures('new'), null, 1, 1)
  expect(history.shown(1, 100)?.find('0.onClick')?.()).toBe('new')
})

test('what is acknowledged to be gone is forgotten', () => {
  const history = new HandlerHistory()
  history.publish(closures('old'), null, 1, 0)
  history.publish(null, null, 2, 0)
  history.publish(null, null, 3, 2)
  expect(history.shown(2, 100)?.find('0.onClick')).toBeUndefined()
  expect(history.shown(1, 100)?.find('0.onClick')).toBeUndefined()
})

describe('the newest render', () => {
  const element = (type: string, props: object) => new TemplateElement(type, null, props as never, null)
  const handler = { onClick: new Handler('0.onClick') }
  /** What a call finds whose function was seen in the first of two templates. */
  const found = (first: unknown, second: unknown) => {
    const history = new HandlerHistory()
    history.publish(closures('seen'), first, 1, 0)
    history.publish(closures('newest'), second, 2, 0)
    return history.shown(1, 2)?.findNewest('0.onClick', 2)?.()
  }

  test('is called where the function stands in the same elements', () => {
    expect(found(element('p', handler), element('p', { ...handler, title: 'x' }))).toBe('newest')
    const input = { ...handler, type: 'text' }
    expect(found(element('input', input), element('input', handler))).toBe('newest')
  })

  test('is not where it stands in others: the call is for what was seen', () => {
    expect(found(element('p', handler), element('b', handler))).toBe('seen')
    const box = { ...handler, type: 'checkbox' }
    expect(found(element('input', box), element('input', handler))).toBe('seen')
    const list = { ...handler, multiple: true }
    expect(found(element('select', handler), element('select', list))).toBe('seen')
    expect(found(element('select', list), element('select', list))).toBe('newest')
    const within = (type: string) => element(type, { children: [element('p', handler)] })
    expect(found(within('ul'), within('ol'))).toBe('seen')
  })
})
