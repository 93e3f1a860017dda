import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ClientManifest } from '../../server/flight/client-manifest.ts'

export interface ServerResult {
  callError: string
  /** What server functions gave to the server's own modules that import them. */
  direct: unknown[]
  html: string
  ids: Record<string, string>
  live: { down: string[]; known: boolean[]; registered: string[] }
  manifest: ClientManifest
  payload: string
  sameManifest: boolean
  source: string
}

/** Runs the server bundle in a Node of its own. Arguments: what follows `node`. */
export async function runServer(...args: string[]): Promise<ServerResult> {
  const env = { ...process.env, NODE_ENV: 'test' }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return JSON.parse(stdout)
}

