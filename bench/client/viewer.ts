import { WebSocket } from 'ws'
import { subprotocol } from '../../src/protocol/messages.ts'
import type { System } from '../plans.ts'
import { FlightViewer } from './flight-viewer.ts'
import { LiveViewer } from './live-viewer.ts'
import type { Tally } from './tally.ts'

/** A browser, as far as the wire can tell. */
export interface Viewer {
  /** Opens one root; resolves when its first content is there. */
  mount(root: number): Promise<void>
  unmount(root: number): void
  /** Clicks so many times, each after the last one was answered. */
  click(root: number, times: number): Promise<void>
  /** Resolves when everything that was sent before has been received. */
  fence(): Promise<void>
  close(): Promise<void>
}

/** Connects a viewer; what it receives after a mount goes on the tally. */
export async function connect(system: System, port: number, tally: Tally): Promise<Viewer> {
  const protocols = system === 'liveroot' ? [subprotocol] : []
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, protocols, { perMessageDeflate: false })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  if (system === 'wholeTreeFlight') return new FlightViewer(socket, tally)
  const viewer = new LiveViewer(socket, tally)
  await viewer.greet()
  return viewer
}

/** Ends the connection, and waits until both ends know. */
export function closeSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
    socket.close(1000)
  })
}
