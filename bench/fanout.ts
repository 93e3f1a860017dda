import path from 'node:path'
import type { FanoutFigures } from './client/fanout/load.ts'
import { failure, message, start } from './run.ts'

const serverCore = 0
const clientCore = 1
/** Opening tens of thousands of connections takes its time. */
const timeLimitMs = 400_000

/** The servers of one kind of fan-out, the floor last: each process has its turn on one core. */
const servers = {
  fanout: [
    ['server/main.js', 'fanout-private', 'liveroot'],
    ['server/main.js', 'fanout-shared', 'liveroot'],
    ['server/broadcast.js'],
  ],
  'fanout-table': [['server/main.js', 'fanout-table', 'liveroot'], ['server/broadcast.js']],
} as const

export type FanoutKind = keyof typeof servers

/** Measures what it costs to tell many browsers of one change. */
export function runFanout(directory: string, kind: FanoutKind): Promise<FanoutFigures[]> {
  return withLoad(directory, kind)
}

/** The functions of the server that take the most time of their own. */
export function profileFanout(directory: string, kind: FanoutKind): Promise<Record<string, string[]>> {
  return withLoad(directory, kind, 'profile')
}

async function withLoad<T>(directory: string, kind: FanoutKind, ...more: string[]): Promise<T> {
  const processes = servers[kind].map(([file, ...args]) =>
    start(path.join(directory, file), args, serverCore, timeLimitMs),
  )
  try {
    const ports = await Promise.all(processes.map((server) => message<number>(server)))
    const load = start(
      path.join(directory, 'client/fanout/load.js'),
      [kind, ports.join(), ...more],
      clientCore,
      timeLimitMs,
    )
    try {
      return await Promise.race([message<T>(load), ...processes.map(failure)])
    } finally {
      load.kill()
    }
  } finally {
    for (const server of processes) server.kill()
  }
}
