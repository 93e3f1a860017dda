// Before the DOM: on a server, libraries find none when they are loaded.
import { ErrorMessage, Field, FieldArray, Form, Formik, type FormikHelpers, useFormik } from 'formik'
import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import { click, deferred, until } from '../live-tree/support.ts'
import { joinServer, leave, select, type } from './support.tsx'

// Formik asks whether a button has the focus; here the server half finds the browser half's document.
Object.assign(globalThis, { HTMLButtonElement: (window as unknown as typeof globalThis).HTMLButtonElement })

interface Values {
  email: string
  name: string
}

interface FormProps {
  onSubmit(values: Values, helpers: FormikHelpers<Values>): Promise<void> | undefined
}

/** As in Formik's tutorial, but for `defaultValue` in place of `value`: the browser keeps what is typed. */
function SignUp({ onSubmit }: FormProps) {
  const formik = useFormik<Values>({
    initialValues: { email: '', name: 'Ada' },
    validate: ({ email, name }) => ({
      ...(email === '' ? { email: 'Required' } : email.includes('@') ? {} : { email: 'Invalid' }),
      ...(name.length > 10 ? { name: 'Too long' } : {}),
    }),
    onSubmit,
  })
  const { touched, errors } = formik
  return (
    <form onSubmit={formik.handleSubmit}>
      <input
        name="email"
        onChange={formik.handleChange}
        onBlur={formik.handleBlur}
        defaultValue={formik.initialValues.email}
      />
      {touched.email && errors.email ? <i id="email-error">{errors.email}</i> : null}
      <input id="name" {...uncontrolled(formik.getFieldProps('name'))} />
      {touched.name && errors.name ? <i id="name-error">{errors.name}</i> : null}
      <button type="submit" disabled={formik.isSubmitting}>
        {formik.isSubmitting ? 'sending' : 'send'}
      </button>
      <output>{`${formik.submitCount} ${formik.dirty} ${formik.status ?? ''}`}</output>
    </form>
  )
}

function uncontrolled<T>({ value, ...props }: { value: T }) {
  return { ...props, defaultValue: value as string }
}

const onScreen = (selector: string, { container }: { container: HTMLElement }) =>
  container.querySelector(selector)?.textContent ?? null

test('useFormik: fields, errors after a blur, and a submit whose handler runs on the server', async () => {
  const stored = deferred()
  const onSubmit = jest.fn(async (_: Values, { setStatus }: FormikHelpers<Values>) => {
    await stored.promise
    setStatus('stored')
  })
  const screen = await renderLive(<SignUp onSubmit={onSubmit} />)
  await type(screen, '[name=email]', 'ada')
  expect(onScreen('#email-error', screen)).toBeNull()
  expect(onScreen('output', screen)).toBe('0 true ')
  await leave(screen, '[name=email]')
  expect(onScreen('#email-error', screen)).toBe('Invalid')
  await type(screen, '[name=email]', 'ada@example.com')
  expect(onScreen('#email-error', screen)).toBeNull()
  await type(screen, '#name', 'Augusta')
  await click(screen)
  expect(onScreen('button', screen)).toBe('sending')
  expect(screen.container.querySelector('button')?.disabled).toBe(true)
  stored.resolve()
  await until(() => onScreen('button', screen) === 'send')
  expect(onSubmit.mock.calls.map(([values]) => values)).toEqual([
    { email: 'ada@example.com', name: 'Augusta' },
  ])
  expect(onScreen('output', screen)).toBe('1 true stored')
  await screen.unmount()
})

test('a submit with errors shows them all, sends nothing on, and what was typed stays', async () => {
  const onSubmit = jest.fn()
  const screen = await renderLive(<SignUp onSubmit={onSubmit} />)
  await type(screen, '#name', 'Augusta Ada King')
  await click(screen)
  expect(onScreen('#email-error', screen)).toBe('Required')
  expect(onScreen('#name-error', screen)).toBe('Too long')
  expect(onScreen('output', screen)).toBe('1 true ')
  expect(screen.container.querySelector<HTMLInputElement>('#name')?.value).toBe('Augusta Ada King')
  expect(onSubmit).not.toHaveBeenCalled()
  await screen.unmount()
})

test('what the server alone knows: an error set while submitting', async () => {
  const screen = await renderLive(
    <SignUp onSubmit={async (_, { setFieldError }) => setFieldError('email', 'Taken')} />,
  )
  await type(screen, '[name=email]', 'ada@example.com')
  await click(screen)
  await until(() => onScreen('#email-error', screen) === 'Taken')
  await screen.unmount()
})

test('Formik’s components: Form, Field, ErrorMessage, FieldArray and a reset', async () => {
  const initialValues = { email: '', friends: ['Ada'] }
  const onSubmit = jest.fn()
  const screen = await renderLive(
    <Formik
      initialValues={initialValues}
      validate={({ email }) => (email.includes('@') ? {} : { email: 'Invalid' })}
      onSubmit={(values) => onSubmit(values)}
    >
      {({ values }) => (
        <Form>
          <Field name="email" />
          <ErrorMessage name="email" component="i" />
          <FieldArray name="friends">
            {({ push, remove }) => (
              <ul>
                {values.friends.map((friend, i) => (
                  <li key={friend} onClick={() => remove(i)}>
                    {friend}
                  </li>
                ))}
                <li key="+" id="add" onClick={() => push('Grace')} />
              </ul>
            )}
          </FieldArray>
          <button type="submit">send</button>
          <button type="reset">reset</button>
        </Form>
      )}
    </Formik>,
  )
  const field = () => screen.container.querySelector<HTMLInputElement>('[name=email]')?.value
  await click(screen)
  expect(onScreen('i', screen)).toBe('Invalid')
  await type(screen, '[name=email]', 'a@b')
  expect([field(), onScreen('i', screen)]).toEqual(['a@b', null])
  await click(screen, '#add')
  await click(screen, 'li')
  expect(onScreen('ul', screen)).toBe('Grace')
  await click(screen)
  expect(onSubmit.mock.calls).toEqual([[{ email: 'a@b', friends: ['Grace'] }]])
  await click(screen, '[type=reset]')
  expect([field(), onScreen('ul', screen)]).toEqual(['', 'Ada'])
  await screen.unmount()
})

test('each session has a form of its own', async () => {
  const screen = await renderLive(<SignUp onSubmit={async () => {}} />)
  const other = await joinServer(screen.server)
  await type(screen, '#name', 'Grace')
  expect(onScreen('output', screen)).toBe('0 true ')
  expect(onScreen('output', other)).toBe('0 false ')
  await other.close()
  await screen.unmount()
})

test('number fields, checkboxes, checkbox groups, radio buttons and selects have the values Formik gives them', async () => {
  const initialValues = {
    age: 0,
    agree: false,
    colors: [] as string[],
    size: 's',
    lang: '',
    cities: [] as string[],
  }
  let shown: object = {}
  function Fields() {
    const { values, handleChange } = useFormik({ initialValues, onSubmit: () => {} })
    shown = values
    return (
      <form>
        <input type="number" name="age" onChange={handleChange} />
        <input type="checkbox" name="agree" onChange={handleChange} />
        <input type="checkbox" name="colors" value="red" onChange={handleChange} />
        <input type="checkbox" name="colors" value="blue" onChange={handleChange} />
        <input type="radio" name="size" value="m" onChange={handleChange} />
        <select name="lang" onChange={handleChange}>
          <option value="fi" />
          <option value="sv" />
        </select>
        <select name="cities" multiple onChange={handleChange}>
          <option value="oulu" />
          <option value="pori" />
        </select>
      </form>
    )
  }
  const screen = await renderLive(<Fields />)
  await type(screen, '[name=age]', '42')
  await click(screen, '[name=agree]')
  await click(screen, '[value=red]')
  await click(screen, '[value=blue]')
  await click(screen, '[value=red]')
  await click(screen, '[value=m]')
  await select(screen, '[name=lang]', 'sv')
  await select(screen, '[name=cities]', 'oulu', 'pori')
  expect(shown).toEqual({
    age: 42,
    agree: true,
    colors: ['blue'],
    size: 'm',
    lang: 'sv',
    cities: ['oulu', 'pori'],
  })
  await screen.unmount()
})
