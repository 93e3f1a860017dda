import { useTopic } from 'liveroot'
import { useState } from 'react'
import { scenario } from './scenario.ts'

interface Message {
  readonly id: number
  readonly author: string
  readonly time: string
  readonly text: string
}

const authors = ['Ada Lovelace', 'Alan Turing', 'Grace Hopper', 'Edsger Dijkstra', 'Barbara Liskov']
const texts = [
  'Has anybody looked at why the nightly build was so slow again?',
  'The second half of it waits for a lock that nobody gives back.',
  'I have a fix for that, but I would like somebody to review it.',
  'Done. One remark about the name of the test, otherwise it is ok.',
]

function messageOf(id: number): Message {
  const minutes = String(id % 60).padStart(2, '0')
  return {
    id,
    author: authors[id % authors.length] as string,
    time: `10:${minutes}`,
    text: texts[id % texts.length] as string,
  }
}

const fiftyMessages: readonly Message[] = Array.from({ length: 50 }, (_, i) => messageOf(i + 1))

function Room() {
  const [messages, setMessages] = useState(fiftyMessages)
  useTopic<Message>('room:1', (message) => setMessages((all) => [...all, message]))
  return <Messages messages={messages} />
}

function Messages({ messages }: { messages: readonly Message[] }) {
  return (
    <section className="room">
      <h1>Room 1</h1>
      <ol>
        {messages.map((message) => (
          <Entry key={message.id} message={message} />
        ))}
      </ol>
    </section>
  )
}

function Entry({ message: { author, time, text } }: { message: Message }) {
  return (
    <li className="message">
      <span className="avatar">{initials(author)}</span>
      <strong>{author}</strong>
      <time>{time}</time>
      <p>{text}</p>
    </li>
  )
}

function initials(name: string): string {
  return name
    .split(' ')
    .map((part) => part[0])
    .join('')
}

export const chatAppend = scenario<readonly Message[]>({
  component: Room,
  message: (n) => ({ topic: 'room:1', data: messageOf(50 + n) }),
  plain: {
    initial: fiftyMessages,
    reduce: (messages, data) => [...messages, data as Message],
    render: (messages) => <Messages messages={messages} />,
  },
})
