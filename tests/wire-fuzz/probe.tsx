import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { live } from '../../src/client/live-value.ts'
import { useLiveStream } from '../../src/client/use-live-stream.ts'
import { UserError } from '../../src/errors.ts'
import type { LiveArgument } from '../../src/protocol/live-argument.ts'
import { clientComponent } from '../../src/testing/client-components.ts'
import { serverFunctions } from '../../src/testing/server-functions.ts'

/** What a `'use server'` module exports. Nothing here fails by itself, whatever it is given. */
export const notes = serverFunctions('notes', {
  async add(note: unknown): Promise<unknown> {
    return { added: typeof note }
  },
  async refuse(): Promise<void> {
    throw new UserError('Not this one.', { because: 'of a test' })
  },
})

export type Ask = (...args: unknown[]) => Promise<unknown>

/** What the page shows last: the steps call these. */
export const probe: { given: Record<string, Ask>; find: (text: string) => void } = {
  given: {},
  find: () => {},
}

/** Gives the functions that it is given to the steps. */
export const Probe = clientComponent(
  'Probe',
  ({ children, ...given }: Record<string, unknown> & { children?: ReactNode }) => {
    useEffect(() => {
      probe.given = given as Record<string, Ask>
      return () => {
        probe.given = {}
      }
    })
    return <section>{children}</section>
  },
  [notes.add, notes.refuse],
)

type Find = (text: LiveArgument<string>) => AsyncIterable<string>

/** Follows a stream with a live argument. */
export const Finder = clientComponent('Finder', ({ find }: { find: Find }) => {
  const [text, setText] = useState('a')
  useEffect(() => {
    probe.find = setText
    return () => {
      probe.find = () => {}
    }
  })
  return <output>{useLiveStream(find, [live(text)])}</output>
})
