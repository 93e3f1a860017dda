import type { Draw } from '../support/random.ts'

/** Numbers at the edges of what the protocol and JavaScript count. */
const edges = [
  '0',
  '1',
  '2',
  '31',
  '32',
  '33',
  '64',
  '65',
  '255',
  '4294967296',
  '9007199254740991',
  '9007199254740992',
]
const notNumbers = ['', '-1', '01', '1.5', '1e3', '+1', ' 1', 'NaN', '٣', '99999999999999999999999999']

/** Texts that mean something to a decoder on the way: to JSON, to React's formats, to JavaScript's objects. */
const tokens: readonly string[] = [
  ...'$0 $1 $2 $L1 $@1 $Q1 $W1 $K1 $B1 $o1 $r1 $R1 $x1 $X1 $i1 $F1 $h1 $T $S1 $Sreact.suspense $D $n1 $u'.split(
    ' ',
  ),
  ...'$undefined $NaN $-0 $I $$ $ $E $P1 $Y $1:a:b $1:__proto__ $1:constructor:constructor $0:then'.split(
    ' ',
  ),
  ...'__proto__ constructor prototype then toString onClick 0.onClick 0.4.echo @ @function @live @file'.split(
    ' ',
  ),
  ...'@data , : " { ] [[[[[[[[[[ {"a":{"a":{"a": null true [] {} -1'.split(' '),
  ...['', ' ', '\n', '\u0000', '\ud800', '\u2028'],
]

const values: readonly unknown[] = [
  ...tokens,
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -0,
  [],
  {},
  [[]],
  [-1],
  [-1, 1, 2],
  ['$', 'div', null, {}],
  ['$', '', null, [1]],
  ['$', '', null, ['']],
  ['$', '$L1', null, null],
  { __proto__x: 1 },
  JSON.parse('{"then":"$1"}'),
  { '@': [] },
  { '@': 0, t: {} },
  { '@function': [1, 1, 1, '0.onClick'] },
  { '@function': [] },
  { '@live': 1 },
  { '@file': [1, 1, 'a', 'b', 1] },
  { '@file': [0, 0, '', '', null] },
  { '@file': null },
  { '@data': { '@': 1 } },
]

/** The letter and the numbers of a message. */
export function mutateHead(draw: Draw, head: string): string {
  const [letter = '', fields] = [head.slice(0, 1), head.slice(1).split(',')]
  const at = draw.below(fields.length)
  switch (draw.below(7)) {
    case 0:
      return `${draw.of([...'hmucavgnbopwfseidklrxyzqHt1 \u0000é'])}${fields}`
    case 1:
      return letter + fields.filter((_, i) => i !== at)
    case 2:
      return letter + [...fields.slice(0, at), draw.of(edges), ...fields.slice(at)]
    case 3:
      return letter + fields.with(at, draw.of(notNumbers))
    case 4:
      return letter + fields.with(at, String(Number(fields[at]) + draw.of([-1, 1, 2])))
    default:
      return letter + fields.with(at, draw.of(edges))
  }
}

/** A body: as text, or, where it holds JSON, as values. */
export function mutateText(draw: Draw, text: string, other: string): string {
  if (draw.percent(50)) {
    const json = mutateJsonIn(draw, text)
    if (json !== null) return json
  }
  const from = draw.below(text.length + 1)
  const to = Math.min(text.length, from + draw.few(40))
  const [before, middle, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)]
  switch (draw.below(8)) {
    case 0:
      return before
    case 1:
      return before + after
    case 2:
      return before + middle.repeat(draw.of([2, 2, 3, 50])) + after
    case 3:
      return before + draw.of(tokens) + after
    case 4:
      return before + draw.of(tokens) + text.slice(from)
    case 5:
      return before + other.slice(draw.below(other.length + 1))
    case 6:
      return (
        before + String.fromCharCode(draw.of([draw.below(128), draw.below(65_536)])) + text.slice(from + 1)
      )
    default:
      return before + draw.of(edges) + after
  }
}

/** Changes one value in one line of a text that is JSON, or is JSON after a row's name. */
function mutateJsonIn(draw: Draw, text: string): string | null {
  const lines = text.split('\n')
  const at = draw.below(lines.length)
  const line = lines[at] as string
  const start = line.search(/[[{"]/)
  if (start < 0) return null
  try {
    const value = mutateJson(draw, JSON.parse(line.slice(start)), 0)
    return lines.with(at, line.slice(0, start) + JSON.stringify(value)).join('\n')
  } catch {
    return null
  }
}

function mutateJson(draw: Draw, value: unknown, depth: number): unknown {
  const isInner = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  if (typeof value === 'string' && draw.percent(50)) {
    // A text may hold JSON of its own: the parts of a reply do.
    return mutateText(draw, value, '$1')
  }
  if (!isInner || draw.percent(15)) return draw.percent(5) ? nest(value, 10 ** draw.few(3)) : draw.of(values)
  if (Array.isArray(value)) return mutateArray(draw, value, depth)
  const entries = Object.entries(value)
  const at = draw.below(entries.length)
  const [name, inner] = entries[at] as [string, unknown]
  if (draw.percent(15)) return Object.fromEntries(entries.filter((_, i) => i !== at))
  if (draw.percent(15)) return Object.fromEntries(entries.with(at, [draw.of(tokens), inner]))
  return { ...value, [name]: mutateJson(draw, inner, depth + 1) }
}

function mutateArray(draw: Draw, array: readonly unknown[], depth: number): unknown[] {
  const at = draw.below(array.length)
  switch (draw.below(8)) {
    case 0:
      return array.filter((_, i) => i !== at)
    case 1:
      return [...array.slice(0, at), draw.of(values), ...array.slice(at)]
    case 2:
      return [...array, ...array]
    case 3:
      return [...array].reverse()
    default:
      return array.with(at, mutateJson(draw, array[at], depth + 1))
  }
}

function nest(value: unknown, depth: number): unknown {
  let nested = value
  for (let i = 0; i < depth; i++) nested = i % 2 === 0 ? [nested] : { a: nested }
  return nested
}
