import { createElement, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { Side, Update } from './side.ts'
import type { FieldSpec, FieldType, Rewrite } from './spec.ts'

/** What a handler of a field reads, in the browser and on the server. */
interface FieldEvent {
  readonly target: {
    readonly value: string
    readonly checked: boolean
    readonly multiple: boolean
    readonly type: string
    readonly selectedOptions: Iterable<{ readonly value: string }>
  }
}

export const choices = ['0', '1', '2'] as const

export const rewrites: Readonly<Record<Rewrite, (text: string, before: string) => string>> = {
  keep: (text) => text,
  upper: (text) => text.toUpperCase(),
  short: (text) => text.slice(0, 3),
  ignore: (_, before) => before,
  mask: (text) => text.replaceAll('-', '').replace(/(..)(?=.)/g, '$1-'),
  clear: (text) => (text.length > 3 ? '' : text),
}

/** The value of a field as one text. */
export function textOf({ target }: FieldEvent): string {
  if (target.type === 'checkbox') return target.checked ? 'on' : ''
  if (target.type !== 'select-multiple') return target.value
  return Array.from(target.selectedOptions, ({ value }) => value).join()
}

/** The handler of a field that is named so. */
export function editing(side: Side, name: string, rewrite: Rewrite): (event: object) => void {
  return (event) => {
    const text = textOf(event as FieldEvent)
    side.hear(`edit ${name} ${text}`)
    side.act<string>(name, (before) => rewrites[rewrite](text, before))
  }
}

interface FieldProps {
  readonly spec: FieldSpec
  readonly side: Side
}

/** A controlled field, whose state is where the component runs. */
export function Field({ spec, side }: FieldProps): ReactNode {
  const name = `field:${spec.name}:${spec.type}`
  const [text, setText] = useState('')
  useEffect(() => side.register<Update<string>>(name, setText), [side, name])
  const [edits, setEdits] = useState(0)
  useEffect(() => side.register<Update<number>>(`${name}:edits`, setEdits), [side, name])
  const edit = editing(side, name, spec.rewrite)
  const mounted = useRef(false)
  useEffect(() => {
    mounted.current = true
    return () => {
      mounted.current = false
    }
  }, [])
  const change = (event: object) => {
    edit(event)
    // It sets all of its name, which may have counted differently.
    const isAlone = side.mounted().get(`${name}:edits`) === 1
    if (!mounted.current || !isAlone) return
    // With the closure of a render that does not know of the edit before, this would count it once only.
    side.act<number>(`${name}:edits`, edits + 1, (before) => before + 1)
  }
  // React sets a checkbox back before the browser fires `input` for it.
  const prop = /checkbox|radio/.test(spec.type) ? 'onChange' : spec.prop
  return (
    <label>
      {control(spec.type, text, { [prop]: change, 'data-edit': name }, useId())}
      <s>
        {text}: {edits}
      </s>
    </label>
  )
}

type Given = Readonly<Record<string, unknown>>

function control(type: FieldType, text: string, given: Given, id: string): ReactNode {
  switch (type) {
    case 'text':
      return <input {...given} value={text} />
    case 'textarea':
      return <textarea {...given} value={text} />
    case 'checkbox':
      return <input {...given} type={type} checked={text !== ''} />
    case 'radio':
      return choices.map((each) => (
        <input {...given} key={each} type={type} name={id} value={each} checked={text === each} />
      ))
    case 'select':
    case 'multiple': {
      const options = choices.map((each) => <option key={each}>{each}</option>)
      const value = type === 'select' ? text || '0' : text.split(',').filter((each) => each !== '')
      return createElement('select', { ...given, multiple: type === 'multiple', value }, options)
    }
  }
}
