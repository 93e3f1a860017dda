// Which test files Jest starts first. It begins with those that took longest, and, where it does not know (a fresh clone),
// with the largest: these are small files that take long, and the run would end with them, one core at rest.
const { default: Sequencer } = require('@jest/test-sequencer')

const long = [
  'tests/chaos/chaos.test.ts',
  'src/webpack/liveroot.test.ts',
  'tests/same-dom.test.tsx',
  'tests/wire-fuzz/wire-fuzz.test.ts',
  'tests/durability/kill.test.ts',
]

module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = long.findIndex((file) => path.endsWith(file))
      return place < 0 ? long.length : place
    }
    return super.sort(tests).sort((a, b) => rank(a) - rank(b))
  }
}
