// @ts-expect-error: written into node_modules by the test
import { Dialog, Unknown } from 'fake-kit'
// @ts-expect-error: written into node_modules by the test
import Lone from 'fake-lone'
import { createElement, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { renderToReadableStream } from '#flight-server'
import { readClientManifest } from '../../../server/flight/client-manifest.ts'
import { awaited } from './awaited.ts'
import { Inner, Leaf, own, Renamed } from './barrel.ts'
import source from './button.tsx?raw'
import { converse } from './functions/converse.ts'
import { callAll } from './functions/form.tsx'
import { add, limit, remove } from './functions/todos.ts'
import { Panel } from './panel.ts'
import DefaultButton, { Button, left, nested } from './widgets.ts'

function Counter() {
  const [count] = useState(41)
  return createElement('b', null, count + 1)
}

function callError(): string {
  try {
    return String((Button as unknown as () => unknown)())
  } catch (error) {
    return (error as Error).message
  }
}

export async function run() {
  const manifest = readClientManifest()
  const named = {
    Inner,
    Leaf,
    Renamed,
    own,
    awaited,
    Button,
    DefaultButton,
    left,
    nested,
    Dialog,
    Unknown,
    Lone,
    Panel,
    callAll,
  }
  const stream = renderToReadableStream(
    { named, element: createElement(Button, null, 'children') },
    manifest.modules,
  )
  const ids = Object.entries(named).map(([name, value]) => [name, (value as { $$id?: string }).$$id])
  const { functions = [] } = manifest.modules['functions/form.tsx'] ?? {}
  console.log(
    JSON.stringify({
      direct: [await add('bread'), remove('bread'), limit],
      callError: callError(),
      html: renderToString(createElement(Counter)),
      ids: Object.fromEntries(ids),
      live: await converse(functions),
      manifest,
      payload: await new Response(stream).text(),
      sameManifest: readClientManifest() === manifest,
      source,
    }),
  )
  process.exit()
}

// As a library, it is run by who imports it.
if (typeof module !== 'undefined') run()
