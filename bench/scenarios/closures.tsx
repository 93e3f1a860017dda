import { useTopic } from 'liveroot'
import { useReducer, useState } from 'react'
import { scenario } from './scenario.ts'

const titles = Array.from({ length: 20 }, (_, i) => `Task ${i + 1}`)
const none: readonly string[] = []

/** Every reload makes all handlers anew, over the newest `reloads`, and changes nothing that can be seen. */
function TaskList() {
  const [reloads, reload] = useReducer((count: number) => count + 1, 0)
  const [done, setDone] = useState(none)
  useTopic('reload', reload)
  const toggle = (title: string) => {
    setDone(done.includes(title) ? done.filter((each) => each !== title) : [...done, title])
    console.info(`after ${reloads} reloads`)
  }
  return (
    <ul>
      {titles.map((title) => (
        <Task key={title} title={title} done={done.includes(title)} onToggle={() => toggle(title)} />
      ))}
    </ul>
  )
}

interface TaskProps {
  readonly title: string
  readonly done: boolean
  readonly onToggle?: () => void
}

function Task({ title, done, onToggle }: TaskProps) {
  return (
    <li className={done ? 'done' : 'open'}>
      {title}
      <button type="button" onClick={onToggle}>
        {done ? 'Reopen' : 'Done'}
      </button>
    </li>
  )
}

function PlainTaskList() {
  return (
    <ul>
      {titles.map((title) => (
        <Task key={title} title={title} done={false} />
      ))}
    </ul>
  )
}

export const closuresOnly = scenario<null>({
  component: TaskList,
  message: () => ({ topic: 'reload', data: null }),
  plain: { initial: null, reduce: () => null, render: () => <PlainTaskList /> },
})
