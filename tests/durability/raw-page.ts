import { once } from 'node:events'
import { WebSocket } from 'ws'
import { patienceMs } from '../support/until.ts'

interface Welcome {
  readonly token: string
  readonly session: string
}

/** A page that speaks by hand, for what a browser would not show. */
export class RawPage {
  /** What the server said that counts, in order. */
  readonly said: string[] = []
  welcome: Welcome = { token: '', session: '' }
  /** Hears of it the moment that it comes. */
  onSaid: (message: string) => void = () => {}

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const message = String(data)
      if (message.startsWith('w')) this.welcome = JSON.parse(message.slice(message.indexOf('\n')))
      else {
        this.said.push(message)
        this.onSaid(message)
      }
    })
  }

  /** Says hello, and mounts the page. */
  static async open(port: number, hello: object): Promise<RawPage> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, 'liveroot.2')
    const page = new RawPage(socket)
    socket.on('error', () => {})
    await once(socket, 'open')
    page.say(`h2\n${JSON.stringify(hello)}`)
    await page.until(() => page.welcome.token !== '')
    page.say('m1\n/')
    return page
  }

  say(...messages: string[]): void {
    for (const message of messages) this.socket.send(message)
  }

  async heard(pattern: RegExp): Promise<string> {
    await this.until(() => this.said.some((message) => pattern.test(message)))
    return this.said.find((message) => pattern.test(message)) as string
  }

  private async until(condition: () => boolean): Promise<void> {
    const end = Date.now() + patienceMs
    while (!condition()) {
      if (Date.now() > end) throw new Error(this.said.join('\n'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** With another code than 1000 the connection is lost, and the session is not. */
  close(code = 1000): void {
    this.socket.close(code)
  }
}
