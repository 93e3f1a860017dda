/** @jsxImportSource liveroot */
import '../support/dom.ts'
import { on } from 'liveroot'
import { renderLive } from 'liveroot/testing'
import { createRef } from 'react'

// Most of this test is its compilation: `npm run types` fails where an expected error is none.
test('JSX with live types: closures infer their events, and what does not travel is an error', async () => {
  const ref = createRef<HTMLDivElement>()
  const screen = await renderLive(
    <div
      onClick={({ clientX, offsetY, currentTarget, target }) => [
        clientX + offsetY,
        currentTarget.dataset.row,
        target.id?.length,
      ]}
      // @ts-expect-error the native event stays in the browser
      onDoubleClick={(event) => event.nativeEvent}
      // @ts-expect-error a click does not carry keys
      onMouseDown={(event) => event.key}
      onKeyDown={(event) => event.key === 'Enter' && event.ctrlKey}
      onWheel={on(({ deltaY }) => deltaY.toFixed(), { passive: false, prevent: true })}
      onPointerMove={on((event) => event.pressure.toFixed(), { latest: true, throttleMs: 50 })}
      onDrop={on(({ dataTransfer }) => dataTransfer.files[0]?.name, { files: true, prevent: true })}
      onScroll={({ currentTarget }) => currentTarget.scrollHeight - currentTarget.scrollTop}
    >
      <input
        onChange={(event) => event.target.value.trim() + event.currentTarget.checked}
        onInput={(event) => event.data.length + event.target.value.length}
        onBlur={(event) => event.target.value.trim()}
      />
      <input onChange={on((event) => event.target.value.trim(), { debounceMs: 300 })} />
      <input
        type="file"
        onChange={on(({ target }) => target.files.map((file) => file.size), { files: true })}
      />
      <input
        type="file"
        // @ts-expect-error files travel on request only
        onChange={(event) => event.target.files}
      />
      <select multiple onChange={({ target }) => Array.from(target.selectedOptions, ({ value }) => value)} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          return [event.formData.get('word'), event.submitter?.id]
        }}
      >
        <button type="submit" formAction={(data) => void data.get('word')} />
      </form>
      <form action={async (data) => void data.get('word')} />
      <p onClick={async () => {}}>{null}</p>
      {/* @ts-expect-error at most one of the two */}
      <p onClick={on(() => {}, { debounceMs: 1, throttleMs: 2 })} />
      {/* @ts-expect-error a change has no key */}
      <input onChange={on((event) => event.key, { debounceMs: 300 })} />
    </div>,
  )
  expect(screen.container.querySelectorAll('input')).toHaveLength(5)
  await screen.unmount()
  // @ts-expect-error the node is in the browser
  expect(<div ref={ref} />).toBeDefined()
})
