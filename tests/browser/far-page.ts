import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLiveServer, type Route } from 'liveroot/server'
import { type LatencyProxy, startLatencyProxy } from '../../src/testing/latency-proxy.ts'

const build = `
  import webpack from 'webpack'
  import configure from './fixtures/far-page/webpack.config.ts'
  webpack(configure(process.env.OUTPUT), (error, stats) => {
    if (!error && !stats.hasErrors()) return
    console.error(error ?? stats.toString('errors-warnings'))
    process.exitCode = 1
  })`

/** Live components at the far end of a slow connection, under the paths of their routes. */
export interface FarPage {
  readonly url: string
  /** The slow connection. */
  readonly network: LatencyProxy
  close(): Promise<void>
}

export async function startFarPage(
  routes: readonly Route[],
  latency: { latencyMs: number; jitterMs: number },
): Promise<FarPage> {
  const script = await buildScript()
  const server = createLiveServer({
    routes,
    clientModules: {},
    onRequest: ({ url }, response) => {
      const isScript = url === '/main.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
      response.end(isScript ? script : html(port))
    },
  })
  const { port } = (await server.listen(0, '127.0.0.1')) as AddressInfo
  const network: LatencyProxy = await startLatencyProxy({ target: { port }, ...latency })
  return {
    url: network.url,
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

async function buildScript(): Promise<string> {
  const output = await mkdtemp(join(tmpdir(), 'liveroot-far-page-'))
  const args = ['--import', 'tsx', '--input-type=module', '--eval', build]
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, OUTPUT: output } })
  const script = await readFile(join(output, 'main.js'), 'utf8')
  await rm(output, { recursive: true })
  return script
}
