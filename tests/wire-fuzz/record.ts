import type { ClientSocket, Connect } from '../../src/client/transport.ts'
import { connectTo } from '../support/connect-to.ts'
import { openPage } from '../support/page.tsx'
import { type Event, type StoredEvent, storeEvent } from './conversation.ts'
import { type StepName, steps } from './steps.ts'

/** Between two questions to the server. */
const pauseMs = 10

/** A step is over when the server has answered so many questions in a row, and nothing else has passed. */
const quietAnswers = 6

/** React takes a while to reveal what suspended. */
const quietAnswersAtFirst = 60

/** Does every step on a page of a real server, and returns what passed. */
export async function record(port: number): Promise<StoredEvent[]> {
  const events: Event[] = []
  const recorder = new Recorder(connectTo(port), (event) => events.push(event))
  const page = openPage(recorder.connect)
  for (const step of Object.keys(steps) as StepName[]) {
    events.push({ step })
    Promise.resolve(steps[step](page)).catch(() => {})
    const enough = step === 'open' ? quietAnswersAtFirst : quietAnswers
    for (let quiet = 0; quiet < enough; ) {
      const before = events.length
      await recorder.answer()
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      quiet = events.length === before ? quiet + 1 : 0
    }
  }
  page.close()
  return events.map(storeEvent)
}

/** Notes what passes through a connection, but for its own questions: the server's time counts, and not the clock's. */
class Recorder {
  private socket: ClientSocket | null = null
  private answered = (): void => {}

  constructor(
    private readonly to: Connect,
    private readonly note: (event: Event) => void,
  ) {}

  readonly connect: Connect = (listener) => {
    const socket = this.to({
      opened: () => {
        this.socket = socket
        listener.opened()
      },
      closed: (code) => {
        this.socket = null
        this.answered()
        listener.closed(code)
      },
      message: (down) => {
        if (down === 'q') return this.answered()
        this.note({ down })
        listener.message(down)
      },
    })
    return {
      send: (up) => {
        this.note({ up })
        socket.send(up)
      },
      close: () => socket.close(),
    }
  }

  /** Resolves when the server has answered, or there is no connection. */
  async answer(): Promise<void> {
    const { socket } = this
    if (socket === null) return
    await new Promise<void>((resolve) => {
      this.answered = resolve
      socket.send('p')
    })
  }
}
