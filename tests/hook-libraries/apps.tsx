import { QueryClient, QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query'
import { useMachine } from '@xstate/react'
import { useFormik } from 'formik'
import { atom, useAtom } from 'jotai'
import { useState } from 'react'
import { createMachine } from 'xstate'
import { create } from 'zustand'

// One small live component of each library: it shows `n is 0`, and `n is 1` after its only handler was called.

const useCount = create(() => ({ n: 0 }))
function Zustand() {
  const n = useCount((state) => state.n)
  return <button onClick={() => useCount.setState({ n: n + 1 })}>n is {n}</button>
}

const nAtom = atom(0)
function Jotai() {
  const [n, setN] = useAtom(nAtom)
  return <button onClick={() => setN(n + 1)}>n is {n}</button>
}

function ReactQuery() {
  const [client] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={client}>
      <Query />
    </QueryClientProvider>
  )
}
let stored = 0
function Query() {
  const { data, refetch } = useQuery({ queryKey: ['n'], queryFn: async () => stored })
  const { mutate } = useMutation({ mutationFn: async () => ++stored, onSuccess: () => refetch() })
  return <button onClick={() => mutate()}>n is {data ?? '?'}</button>
}

const counting = createMachine({ initial: '0', states: { 0: { on: { add: '1' } }, 1: {} } })
function XState() {
  const [state, send] = useMachine(counting)
  return <button onClick={() => send({ type: 'add' })}>n is {Number(state.value)}</button>
}

function Formik() {
  const formik = useFormik({ initialValues: { n: 0 }, onSubmit: () => {} })
  return <form onSubmit={formik.handleSubmit}>n is {formik.submitCount}</form>
}

export const apps = { Zustand, Jotai, ReactQuery, XState, Formik }
