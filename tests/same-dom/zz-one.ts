import './production.ts'
import './environment.ts'
import { run } from './run.ts'

const p = {
  root: {
    kind: 'box',
    flavor: 'state',
    name: 'R',
    revision: 0,
    variants: [
      {
        kind: 'press',
        key: undefined,
        tag: 'div',
        name: 'C',
        does: 'set',
        stop: false,
        capture: false,
        sometimes: false,
        children: [
          {
            kind: 'widget',
            key: undefined,
            widget: 'Counter',
            children: [{ kind: 'hope', key: undefined, name: 'A', takesMs: 1 }],
            left: {
              kind: 'box',
              flavor: 'state',
              key: undefined,
              name: 'C',
              revision: 0,
              variants: [
                { kind: 'rows', count: 1 },
                { kind: 'text', value: null },
              ],
            },
            data: [0, 1],
            action: null,
          },
        ],
      },
    ],
  },
  ready: [],
  failing: [],
  window: 100,
  steps: [
    { do: 'click', nth: 1 },
    { do: 'bump', nth: 0 },
  ],
  flood: true,
  hurry: { latencyMs: 0, jitterMs: 0, lateByMs: 0, seed: 0, pauses: [0], compares: true },
}
run(p as never)
  .then(
    () => console.log('fine'),
    (e) => console.log(e.message),
  )
  .then(() => process.exit())
