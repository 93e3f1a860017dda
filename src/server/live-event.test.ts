import fc from 'fast-check'
import { reviveEvents } from './live-event.ts'

type Fields = Record<string, unknown>

const empty = reviveEvents([{ '@': 0 }], '0.onClick')[0] as Fields

test('whatever a browser sends, every field has its type', () => {
  const names = fc.constantFrom(
    '@',
    'e',
    't',
    'ct',
    'su',
    'f',
    'fi',
    'tx',
    'k',
    'b',
    'a',
    'i',
    'v',
    's',
    'd',
    'toString',
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.anything({ withMap: true, withDate: true, withNullPrototype: true }),
      fc.dictionary(names, tie('any'), { maxKeys: 4 }),
      fc.array(tie('any'), { maxLength: 3 }),
    ),
  })).any
  fc.assert(
    fc.property(fc.dictionary(names, value), (fields) => {
      const event = reviveEvents([{ ...fields, '@': fields['@'] }], '0.onClick')[0] as Fields
      for (const [name, known] of Object.entries(empty)) {
        if (name === 'formData' || name === 'submitter') continue
        expect([name, typeof event[name]]).toEqual([name, typeof known])
      }
      for (const name of ['target', 'currentTarget']) {
        for (const [each, known] of Object.entries(empty[name] as Fields)) {
          expect([each, typeof (event[name] as Fields)[each]]).toEqual([each, typeof known])
        }
      }
      expect(event.formData === undefined || event.formData instanceof FormData).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('keys of prototypes are data like any other', () => {
  const sent = JSON.parse(
    '{"@":0,"t":{"d":{"__proto__":"own","constructor":"own","n":1}},"__proto__":{"k":"x"}}',
  )
  const event = reviveEvents([sent], '0.onClick')[0] as { target: { dataset: object }; key: string }
  expect(Object.entries(event.target.dataset)).toEqual([
    ['__proto__', 'own'],
    ['constructor', 'own'],
  ])
  expect(({} as Fields).k).toBeUndefined()
})

test('one event cannot be changed for the next', () => {
  const [first, second] = reviveEvents([{ '@': 0 }, { '@': 0 }], '') as [Fields, Fields]
  expect(() => Object.assign(first.target as object, { value: 'mine' })).toThrow(TypeError)
  expect((second.target as Fields).value).toBe('')
})

test.each([
  ['0.:a.onClick', 'click'],
  ['0.onDoubleClick', 'dblclick'],
  ['onKeyDownCapture', 'keydown'],
  ['lib/todos.ts#onClick', ''],
  ['0.save', ''],
])('a function at %s is for events of type "%s"', (path, type) => {
  expect(reviveEvents([{ '@': 0 }], path)[0]).toMatchObject({ type })
})
