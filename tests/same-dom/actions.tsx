import {
  type ReactNode,
  startTransition,
  useActionState,
  useEffect,
  useOptimistic,
  useState,
  useTransition,
} from 'react'
import { editing } from './fields.tsx'
import type { Side, Update } from './side.ts'
import type { FormSpec, HopeSpec, LaterSpec } from './spec.ts'
import { givenItems } from './widgets.tsx'

interface Props<Spec> {
  readonly spec: Spec
  readonly side: Side
  /** The state of the box around. */
  readonly value: number
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** The fields of a form as text. */
export function entriesOf(data: FormData): string {
  return [...data].map(([name, value]) => `${name}=${value}`).join('&')
}

interface SubmitEvent {
  readonly formData?: FormData | undefined
  readonly currentTarget: unknown
  readonly nativeEvent?: unknown
  preventDefault(): void
}

/** As a live event has it. */
function formDataOf({ currentTarget, nativeEvent }: SubmitEvent): FormData {
  const { submitter } = nativeEvent as { submitter: HTMLElement | null }
  return new FormData(currentTarget as HTMLFormElement, submitter)
}

/** A form with fields of both kinds, whose state is what was submitted. */
export function Form({ spec, side, value }: Props<FormSpec>): ReactNode {
  const name = `form:${spec.name}`
  const [sent, dispatch, pending] = useActionState<string, string>((before, entries) => {
    const after = `${before}; ${entries}`.slice(-60)
    return spec.takesMs > 0 ? wait(spec.takesMs).then(() => after) : after
  }, '')
  const [text, setText] = useState('')
  useEffect(() => {
    return side.register<string>(name, (entries) => startTransition(() => dispatch(entries)))
  }, [side, name, dispatch])
  useEffect(() => side.register<Update<string>>(`${name}:text`, setText), [side, name])
  const submit = (mark: string, data: FormData) => {
    side.hear(`submit ${mark} ${entriesOf(data)}`)
    side.act(name, entriesOf(data))
  }
  const mark = `${name} ${value}`
  const given =
    spec.how === 'action'
      ? { action: (data: FormData) => submit(mark, data) }
      : {
          onSubmit: (event: SubmitEvent) => {
            event.preventDefault()
            submit(mark, event.formData ?? formDataOf(event))
          },
        }
  const other = `other ${mark}`
  // A handler that prevents the submit prevents the button's action.
  const otherMark = spec.how === 'action' ? other : undefined
  const { Status } = side.widgets
  return (
    <form data-submit={mark} {...given}>
      <input
        name="text"
        data-edit={`${name}:text`}
        value={text}
        onChange={editing(side, `${name}:text`, spec.rewrite)}
      />
      <input name="free" className="free" defaultValue="free" />
      <button type="submit" className="own" name="by" value="button" />
      <button
        type="submit"
        className="other"
        data-submit={otherMark}
        formAction={(data) => submit(other, data)}
      />
      <Status />
      <i>{pending ? 'pending' : sent}</i>
    </form>
  )
}

let owners = 0

/** Hands a function of the server to a component of the browser that shows its effect before it is there. */
export function Hope({ spec, side }: Props<HopeSpec>): ReactNode {
  const name = `hope:${spec.name}`
  const [owner] = useState(() => ++owners)
  const [items, setItems] = useState<readonly string[]>(['0'])
  useEffect(() => side.register<Update<readonly string[]>>(name, setItems), [side, name])
  useEffect(() => {
    givenItems.set(owner, new Set([...(givenItems.get(owner) ?? []), ...items]))
  }, [owner, items])
  const add = async (item: string) => {
    side.hear(`add ${name} ${item}`)
    if (spec.takesMs > 0) await wait(spec.takesMs)
    side.act<readonly string[]>(name, (all) => (all.includes(item) ? all : [...all, item]))
  }
  const { Hope } = side.widgets
  return <Hope key={name} name={name} owner={owner} live={side.live} items={items} add={add} />
}

/** Sums up what an async transition brings, and shows it before. */
export function Later({ spec, side }: Props<LaterSpec>): ReactNode {
  const name = `later:${spec.name}`
  const [sum, setSum] = useState(0)
  const [shown, guess] = useOptimistic(sum, (before, by: number) => before + by)
  const [pending, start] = useTransition()
  useEffect(
    () =>
      side.register<number>(name, (by) =>
        start(async () => {
          guess(by)
          await wait(spec.takesMs)
          startTransition(() => setSum((before) => before + by))
        }),
      ),
    [side, name, spec.takesMs, guess],
  )
  const mark = `${name} ${sum}`
  const add = () => {
    side.hear(mark)
    side.act(name, sum + 1)
  }
  return (
    <button type="button" data-click={mark} onClick={add}>
      {pending ? 'pending' : null}
      {shown}
    </button>
  )
}
