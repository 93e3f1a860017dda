// Imports of client modules are not followed into packages.
// @ts-expect-error: written into node_modules by the test
import 'fake-actions'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { atom, Provider, useAtom } from 'jotai'
import { Form } from './form.tsx'

const count = atom(6000)
const queries = new QueryClient()

function Product() {
  const [factor, setFactor] = useAtom(count)
  const { data = 0 } = useQuery({ queryKey: ['seven'], queryFn: () => 7 })
  return <b onClick={() => setFactor(1)}>{factor * data}</b>
}

/** Hooks and providers of packages that say 'use client'. */
export function Page() {
  return (
    <QueryClientProvider client={queries}>
      <Provider>
        <Product />
        <Form />
      </Provider>
    </QueryClientProvider>
  )
}
