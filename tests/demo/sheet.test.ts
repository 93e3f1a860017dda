import { columns, editCell, emptySheet, rowOf, show } from '../../fixtures/seven-guis/sheet.ts'

type Texts = Readonly<Record<string, string>>

const fill = (texts: Texts) =>
  Object.entries(texts).reduce((sheet, [cell, text]) => editCell(sheet, cell, text), emptySheet)

const shown = (sheet: typeof emptySheet, cell: string) =>
  show(sheet.rows[rowOf(cell)]?.[columns.indexOf(cell.slice(0, 1))]?.value ?? '')

describe('a sheet', () => {
  test.each([
    ['=1+2*3', '7'],
    ['=(1+2)*3', '9'],
    ['=2-3-4', '-5'],
    ['=12/3/2', '2'],
    ['=-A0*-2', '20'],
    ['=--2', '2'],
    ['= a0 + A1 ', '15'],
    ['=SUM(A0:B1)', '18'],
    ['=sum(B1:A0, 2)', '20'],
    ['=AVG(A0:A1)', '7.5'],
    ['=MIN(A0:A1,3)+MAX(A0,A1)', '13'],
    ['=SUM(A0:A9)', '15'],
    ['=A9', ''],
    ['=A9+1', '1'],
    ['=0.1+0.2', '0.3'],
    ['=A0/0', '#DIV/0'],
    ['=AVG(A8:A9)', '#DIV/0'],
    ['=C0+1', '#VALUE'],
    ['=A0:A1', '#FORMULA'],
    ['=1+', '#FORMULA'],
    ['=(1', '#FORMULA'],
    ['=1 2', '#FORMULA'],
    ['=SUM()', '#FORMULA'],
    ['=AA1', '#FORMULA'],
    ['=A100', '#FORMULA'],
    ['=NOW()', '#FORMULA'],
    ['=A0%2', '#FORMULA'],
    ['=SUM(A0:Z99)', '#FORMULA'],
    ['1e3', '1000'],
    ['12 apples', '12 apples'],
  ])('shows %s as %s', (text, value) => {
    const sheet = fill({ A0: '10', A1: '5', B1: '3', C0: 'word', D5: text })
    expect(shown(sheet, 'D5')).toBe(value)
  })

  test('computes what depends on a change, in order, and nothing else', () => {
    const sheet = fill({ A0: '1', A1: '=A0', A2: '=A0+A1', A3: '=A1+A2', B0: '=1', B1: '=B0' })
    const next = editCell(sheet, 'A0', '5')
    expect(next.computed).toEqual(['A1', 'A2', 'A3'])
    expect(shown(next, 'A3')).toBe('15')
    expect(next.rows.filter((row, i) => row !== sheet.rows[i])).toHaveLength(4)
  })

  test('stops where a value stays the same', () => {
    const sheet = fill({ A0: '5', A1: '=MAX(A0,3)', A2: '=A1' })
    expect(editCell(sheet, 'A0', '2').computed).toEqual(['A1', 'A2'])
    expect(editCell(editCell(sheet, 'A0', '2'), 'A0', '1').computed).toEqual(['A1'])
  })

  test('tells of a cycle in all that depend on it, and forgets it when it is broken', () => {
    const sheet = fill({ A0: '=A1', A1: '=A2+1', A2: '=A0', A3: '=A2', B0: '=2' })
    expect(['A0', 'A1', 'A2', 'A3', 'B0'].map((cell) => shown(sheet, cell))).toEqual([
      '#CYCLE',
      '#CYCLE',
      '#CYCLE',
      '#CYCLE',
      '2',
    ])
    const mended = editCell(sheet, 'A2', '4')
    expect(['A0', 'A1', 'A2', 'A3'].map((cell) => shown(mended, cell))).toEqual(['5', '5', '4', '4'])
    expect(shown(editCell(mended, 'A4', '=A4'), 'A4')).toBe('#CYCLE')
  })

  test('forgets what an emptied cell was', () => {
    const sheet = fill({ A0: '=1/0', A1: '=A0' })
    expect(shown(sheet, 'A1')).toBe('#DIV/0')
    const next = editCell(sheet, 'A0', '')
    expect(shown(next, 'A0')).toBe('')
    expect(shown(next, 'A1')).toBe('')
  })
})
