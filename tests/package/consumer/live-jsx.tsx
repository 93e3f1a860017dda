/** @jsxImportSource liveroot */
// With the JSX types of live components, closures infer their events.
import { on } from 'liveroot'
import { createRef, type ReactNode } from 'react'

function Titled({ title, children }: { title: string; children: ReactNode }) {
  return <section aria-label={title}>{children}</section>
}

export const fields = (
  <Titled key="fields" title="Fields">
    <input onChange={({ target }) => target.value.trim() + target.checked} />
    <input onInput={on(({ target }) => target.value.trim(), { debounceMs: 300, latest: true })} />
    <input type="file" onChange={on(({ target }) => target.files[0]?.name, { files: true })} />
    <form onSubmit={({ formData }) => formData.get('text')} action="/nowhere" />
    <svg onClick={({ offsetX, currentTarget }) => `${offsetX} ${currentTarget.id}`} />
  </Titled>
)

// @ts-expect-error the native event does not travel
export const native = <input onChange={({ nativeEvent }) => nativeEvent} />
// @ts-expect-error files travel on request
export const files = <input onChange={({ target }) => target.files} />
// @ts-expect-error at most one of the two
export const both = <b onClick={on(() => {}, { debounceMs: 1, throttleMs: 1 })} />
// @ts-expect-error the DOM node is in the browser
export const withRef = <b ref={createRef<HTMLElement>()} />
// @ts-expect-error `Titled` wants a title
export const untitled = <Titled>text</Titled>
