import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLiveServer, type LiveServer, type LiveServerOptions, type Route } from 'liveroot/server'
import { type LatencyProxy, startLatencyProxy } from '../../src/testing/latency-proxy.ts'

const build = `
  import webpack from 'webpack'
  import configure from './fixtures/far-page/webpack.config.ts'
  webpack(configure(process.env.OUTPUT, process.env.ENTRY), (error, stats) => {
    if (!error && !stats.hasErrors()) return
    console.error(error ?? stats.toString('errors-warnings'))
    process.exitCode = 1
  })`

/** Live components at the far end of a slow connection, under the paths of their routes. */
export interface FarPage {
  readonly url: string
  readonly server: LiveServer
  /** The slow connection. */
  readonly network: LatencyProxy
  close(): Promise<void>
}

export interface FarPageOptions extends Pick<LiveServerOptions, 'limits' | 'build'> {
  readonly latencyMs: number
  readonly jitterMs: number
  /** The module that renders the page: one that has the live root alone by default. */
  readonly entry?: string
}

export async function startFarPage(
  routes: readonly Route[],
  { latencyMs, jitterMs, entry = 'fixtures/far-page/client.tsx', ...options }: FarPageOptions,
): Promise<FarPage> {
  const script = await scriptOf(entry)
  const server = createLiveServer({
    ...options,
    routes,
    clientModules: {},
    onRequest: ({ url }, response) => {
      const isScript = url === '/main.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
      response.end(isScript ? script : html(port))
    },
  })
  const { port } = (await server.listen(0, '127.0.0.1')) as AddressInfo
  const network: LatencyProxy = await startLatencyProxy({ target: { port }, latencyMs, jitterMs })
  return {
    url: network.url,
    server,
    network,
    async close() {
      await network.close()
      await server.close()
    },
  }
}

/** The script comes past the proxy: it is large, and not what is slow here. */
function html(port: number): string {
  const script = `http://127.0.0.1:${port}/main.js`
  return `<!doctype html><link rel="icon" href="data:,"><body><script src="${script}"></script>`
}

const scripts = new Map<string, Promise<string>>()

/** Built once for each entry. */
function scriptOf(entry: string): Promise<string> {
  const script = scripts.get(entry) ?? buildScript(entry)
  scripts.set(entry, script)
  return script
}

async function buildScript(entry: string): Promise<string> {
  const output = await mkdtemp(join(tmpdir(), 'liveroot-far-page-'))
  const args = ['--import', 'tsx', '--input-type=module', '--eval', build]
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, OUTPUT: output, ENTRY: entry } })
  const script = await readFile(join(output, 'main.js'), 'utf8')
  await rm(output, { recursive: true })
  return script
}
