import '../../tests/support/dom.ts'
import { answer, find, Input, Select, save, show } from '../../tests/support/fields.tsx'
import { choose, enter, fire } from '../../tests/support/user.ts'

describe('kinds of fields', () => {
  test('a checkbox', async () => {
    show(<Input type="checkbox" value="yes" checked={false} onChange={save} />)
    find().click()
    expect([find().checked, find().value]).toEqual([true, 'yes'])
    await answer(0)
    expect(find().checked).toBe(false)
  })

  test('a group of radio buttons changes as one', async () => {
    const group = (chosen: string) => (
      <form>
        {['a', 'b', 'c'].map((value) => (
          <Input key={value} type="radio" name="g" value={value} checked={value === chosen} onChange={save} />
        ))}
      </form>
    )
    const checked = () =>
      [...find<HTMLFormElement>('form').querySelectorAll('input')].map((each) => each.checked)
    show(group('a'))
    find('[value=b]').click()
    expect(checked()).toEqual([false, true, false])
    show(group('a'))
    expect(checked()).toEqual([false, true, false])
    find('[value=c]').click()
    await answer(0)
    expect(checked()).toEqual([false, false, true])
    show(group('b'))
    await answer(1)
    expect(checked()).toEqual([false, true, false])
  })

  test('radio buttons of the same name in another form are another group', () => {
    const page = (one: boolean) =>
      ['one', 'two'].map((id) => (
        <form key={id} id={id}>
          <Input type="radio" name="g" checked={id === 'one' && one} onChange={save} />
        </form>
      ))
    show(page(true))
    find('#two input').click()
    expect([find('#one input').checked, find('#two input').checked]).toEqual([true, true])
    show(page(false))
    expect([find('#one input').checked, find('#two input').checked]).toEqual([false, true])
  })

  test('what was chosen from a list of one is not shown in the list of many that takes its place', async () => {
    const list = (multiple: boolean, value: string | string[]) => (
      <Select multiple={multiple} value={value} onChange={save}>
        {['a', 'b'].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </Select>
    )
    show(list(false, 'a'))
    choose(find<HTMLSelectElement>('select'), 'b')
    const selected = () => Array.from(find<HTMLSelectElement>('select').selectedOptions, ({ value }) => value)
    expect(selected()).toEqual(['b'])
    show(list(true, []))
    expect(selected()).toEqual([])
    await answer(0)
    expect(selected()).toEqual([])
  })

  test('a field for several addresses holds one text', async () => {
    show(<Input type="email" multiple value="" onChange={save} />)
    enter(find(), 'a@example.com,b@example.com')
    expect(find().value).toBe('a@example.com,b@example.com')
    await answer(0)
    expect(find().value).toBe('')
  })

  test.each([
    [false, 'a', ['b'], ['a']],
    [true, ['a'], ['b', 'c'], ['a']],
    [true, ['a'], [], ['a']],
  ])('a select (multiple: %s)', async (multiple, value, chosen, after) => {
    const options = ['a', 'b', 'c'].map((each) => <option key={each}>{each}</option>)
    show(
      <Select multiple={multiple} value={value} onChange={save}>
        {options}
      </Select>,
    )
    const selected = () => Array.from(find<HTMLSelectElement>('select').selectedOptions, (each) => each.value)
    choose(find('select'), ...chosen)
    expect(selected()).toEqual(chosen)
    await answer(0)
    expect(selected()).toEqual(after)
  })

  test.each([
    ['number', '1', '12'],
    ['date', '2026-01-01', '2026-01-02'],
    ['range', '1', '2'],
    ['color', '#000000', '#00ff00'],
  ])('an input of type %s', async (type, value, edited) => {
    show(<Input type={type} value={value} onChange={save} />)
    find().select()
    const { set } = Object.getOwnPropertyDescriptor(
      Object.getPrototypeOf(find()),
      'value',
    ) as PropertyDescriptor
    set?.call(find(), edited)
    fire(find(), 'input')
    expect(find().value).toBe(edited)
    await answer(0)
    expect(find().value).toBe(value)
  })

  test('an uncontrolled field is never touched', async () => {
    show(<Input defaultValue="a" onChange={save} />)
    enter(find(), 'b')
    show(<Input defaultValue="other" onChange={save} />)
    await answer(0)
    expect(find().value).toBe('ab')
  })
})
