// No JSX in this file: its runtime would be loaded before the next line, and not for production.
import '../../tests/same-dom/production.ts'
import '../../tests/support/dom.ts'
import fc from 'fast-check'
import { createElement as h } from 'react'
import vectors from '../../fixtures/protocol/frames.json' with { type: 'json' }
import { play } from '../../tests/live-tree/play-frames.tsx'
import { changed, comparable, slotWithHoles, template } from '../../tests/live-tree/template-arbitrary.ts'
import { diff } from '../live/diff.ts'
import type { TemplateNode } from '../live/template.ts'
import { batchModel } from '../server/flight/model.ts'
import { patch } from './patch.ts'

const slot = slotWithHoles(1)

/** What the browser decodes of a write. */
function model(write: object): unknown[] {
  const [[, ...rest]] = batchModel({ sequence: 1, writes: [{ slot, ...write } as never], gone: [] }) as [
    unknown[],
  ]
  return rest
}

function patched(before: TemplateNode, after: TemplateNode): unknown {
  const edits = diff(before, after, null)
  const [whole] = model({ template: edits === null ? after : before })
  return edits === null ? whole : patch(whole as never, model({ edits }))
}

const whole = (node: TemplateNode) => model({ template: node })[0]

test('a template with the edits made to it is the template after', () => {
  const pair = template.chain((before) =>
    fc.tuple(
      fc.constant(before),
      fc.oneof({ weight: 4, arbitrary: changed(before) }, { weight: 1, arbitrary: template }),
    ),
  )
  fc.assert(
    fc.property(pair, ([before, after]) => {
      expect(comparable(patched(before, after))).toEqual(comparable(whole(after)))
    }),
    { numRuns: 2_000 },
  )
})

test('a series of edits adds up', () => {
  const series = template.chain((first) =>
    changed(first).chain((second) => changed(second).map((third) => [first, second, third] as const)),
  )
  fc.assert(
    fc.property(series, ([first, second, third]) => {
      let content = whole(first)
      for (const [before, after] of [
        [first, second],
        [second, third],
      ]) {
        const edits = diff(before, after, null)
        content = edits === null ? whole(after) : patch(content as never, model({ edits }))
      }
      expect(comparable(content)).toEqual(comparable(whole(third)))
    }),
    { numRuns: 500 },
  )
})

test('what no edit touches stays the very same element', () => {
  const alone = h('p', null, 'left alone')
  const edited = h('b', { title: 'old' }, 'text')
  const after = patch(h('main', null, alone, edited), [[1, 'title'], 'new']) as {
    props: { children: unknown[] }
  }
  expect(after.props.children[0]).toBe(alone)
  expect(after.props.children[1]).toMatchObject({ type: 'b', props: { title: 'new', children: 'text' } })
  expect(edited.props.title).toBe('old')
})

test('an edit cannot reach into a prototype', () => {
  patch(h('p', { title: 'x' }), [['__proto__', 'polluted'], true])
  patch(h('p', { style: {} }), [['style', '__proto__', 'polluted'], true])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

describe('the protocol’s vectors', () => {
  test.each(vectors)('$name', async ({ given, before, payload, after }) => {
    expect(await play(given)).toBe(before)
    expect(await play([...given, payload])).toBe(after)
  })
})
