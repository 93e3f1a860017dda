import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import type { ClickSystem } from './client/clicks/clicker.ts'
import type { LoadFigures } from './client/clicks/load.ts'
import type { ClickRecording } from './client/clicks/recording.ts'
import { failure, message, start } from './run.ts'

/** Clicks on the demo's counter, beside bare `ws` echo servers. */
export interface ClickFigures {
  /** What a real browser client sends and receives. */
  readonly recording: ClickRecording
  readonly load: Readonly<Record<ClickSystem, LoadFigures>>
}

const serverCore = 0
const clientCore = 1

/** Measures clicks: both servers on one core, which they have in turn, and what clicks on another. */
export function runClicks(directory: string): Promise<ClickFigures> {
  return withServers(directory, async (ports, recording) => {
    const load = await finish<ClickFigures['load']>(startLoad(directory, ports, recording))
    return { recording, load }
  })
}

/** The functions of the server that take the most time of their own, under clicks. */
export function profileClicks(directory: string): Promise<string[]> {
  return withServers(directory, (ports, recording) => {
    return finish(startLoad(directory, ports, recording, 'profile'))
  })
}

function startLoad(
  directory: string,
  ports: readonly number[],
  recording: ClickRecording,
  ...more: string[]
): ChildProcess {
  const args = [...ports.map(String), JSON.stringify(recording), ...more]
  return start(path.join(directory, 'client/clicks/load.js'), args, clientCore)
}

async function withServers<T>(
  directory: string,
  measure: (ports: number[], recording: ClickRecording) => Promise<T>,
): Promise<T> {
  const servers = [
    start(path.join(directory, 'server/main.js'), ['clicks', 'liveroot'], serverCore),
    start(path.join(directory, 'server/echo.js'), [], serverCore),
  ]
  try {
    const ports = await Promise.all(servers.map((server) => message<number>(server)))
    const browser = start(path.join(directory, 'client/clicks/browser.js'), [String(ports[0])], clientCore)
    const recording = await finish<ClickRecording>(browser)
    return await Promise.race([measure(ports, recording), ...servers.map(failure)])
  } finally {
    for (const server of servers) server.kill()
  }
}

async function finish<T>(child: ChildProcess): Promise<T> {
  try {
    return await message<T>(child)
  } finally {
    child.kill()
  }
}
