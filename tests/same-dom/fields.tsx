import { createElement, type ReactNode, useEffect, useState } from 'react'
import type { Side, Update } from './side.ts'
import type { FieldSpec, Rewrite } from './spec.ts'

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
export function valueOf({ target }: FieldEvent): string {
  if (target.type === 'checkbox') return target.checked ? 'on' : ''
  if (target.type !== 'select-multiple') return target.value
  return Array.from(target.selectedOptions, ({ value }) => value).join()
}

/** The handler of a field that is named so. */
export function editing(side: Side, name: string, rewrite: Rewrite): (event: FieldEvent) => void {
  return (event) => {
    const text = valueOf(event)
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
  const change = editing(side, name, spec.rewrite)
  return (
    <label>
      {control(spec, text, { [spec.prop]: change, 'data-edit': name }, side)}
      <s>{text}</s>
    </label>
  )
}

type Given = Readonly<Record<string, unknown>>

function control({ type, name }: FieldSpec, text: string, given: Given, side: Side): ReactNode {
  switch (type) {
    case 'text':
      return <input {...given} value={text} />
    case 'textarea':
      return <textarea {...given} value={text} />
    case 'checkbox':
      return <input {...given} type={type} checked={text !== ''} />
    case 'radio': {
      // The two worlds are in one page, in which a name means one group.
      const group = `${side.live ? 'live' : 'react'}-${name}`
      return choices.map((each) => (
        <input {...given} key={each} type={type} name={group} value={each} checked={text === each} />
      ))
    }
    case 'select':
    case 'multiple': {
      const options = choices.map((each) => <option key={each}>{each}</option>)
      const value = type === 'select' ? text || '0' : text.split(',').filter((each) => each !== '')
      return createElement('select', { ...given, multiple: type === 'multiple', value }, options)
    }
  }
}
