import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import type { ClickSystem } from './client/clicks/clicker.ts'
import type { ClickTarget, LoadFigures, LoadPlan } from './client/clicks/load.ts'
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
const clicksAlone = 1500
/** On a busy machine each of many rounds takes long. */
const limitMs = 400_000

/** A server to click on. */
export interface ClickServer {
  /** The names in the report, and what is clicked on there. */
  readonly targets: Readonly<Record<string, ClickSystem>>
  readonly file: string
  readonly args: readonly string[]
}

const systems: readonly ClickServer[] = [
  { targets: { liveroot: 'liveroot' }, file: 'server/main.js', args: ['clicks', 'liveroot'] },
  { targets: { echo: 'echo', echoTwo: 'echoTwo' }, file: 'server/echo.js', args: [] },
]

/** Measures clicks: both servers on one core, which they have in turn, and what clicks on another. */
export function runClicks(directory: string): Promise<ClickFigures> {
  return measureClicks(directory, systems, clicksAlone)
}

/** The functions of the server that take the most time of their own, under clicks. */
export function profileClicks(directory: string): Promise<string[]> {
  return profileServers(directory, systems, 'liveroot')
}

/** Measures clicks on servers. The first one is also clicked on by a browser's client, for what goes over the wire. */
export function measureClicks<Name extends string>(
  directory: string,
  servers: readonly ClickServer[],
  clicksAlone: number,
): Promise<{ readonly recording: ClickRecording; readonly load: Readonly<Record<Name, LoadFigures>> }> {
  return withServers(directory, servers, async (targets, recording) => {
    const load = await finish<Record<Name, LoadFigures>>(
      startLoad(directory, { targets, clicksAlone }, recording),
    )
    return { recording, load }
  })
}

export function profileServers(
  directory: string,
  servers: readonly ClickServer[],
  name: string,
): Promise<string[]> {
  return withServers(directory, servers, (targets, recording) => {
    return finish(startLoad(directory, { targets, clicksAlone }, recording, name))
  })
}

function startLoad(
  directory: string,
  plan: LoadPlan,
  recording: ClickRecording,
  ...more: string[]
): ChildProcess {
  const args = [JSON.stringify(plan), JSON.stringify(recording), ...more]
  return start(path.join(directory, 'client/clicks/load.js'), args, clientCore, limitMs)
}

async function withServers<T>(
  directory: string,
  servers: readonly ClickServer[],
  measure: (targets: ClickTarget[], recording: ClickRecording) => Promise<T>,
): Promise<T> {
  const running = servers.map(({ file, args }) =>
    start(path.join(directory, file), args, serverCore, limitMs),
  )
  try {
    const ports = await Promise.all(running.map((server) => message<number>(server)))
    const targets = servers.flatMap(({ targets }, i) =>
      Object.entries(targets).map(([name, system]) => ({ name, system, port: ports[i] as number })),
    )
    const browser = start(path.join(directory, 'client/clicks/browser.js'), [String(ports[0])], clientCore)
    const recording = await finish<ClickRecording>(browser)
    return await Promise.race([measure(targets, recording), ...running.map(failure)])
  } finally {
    for (const server of running) server.kill()
  }
}

async function finish<T>(child: ChildProcess): Promise<T> {
  try {
    return await message<T>(child)
  } finally {
    child.kill()
  }
}
