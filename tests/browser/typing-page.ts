import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLiveServer, route } from 'liveroot/server'
import { createElement } from 'react'
import { Fields } from '../../fixtures/typing/fields.tsx'
import { type LatencyProxy, startLatencyProxy } from '../../src/testing/latency-proxy.ts'

const build = `
  import webpack from 'webpack'
  import configure from './fixtures/typing/webpack.config.ts'
  webpack(configure(process.env.OUTPUT), (error, stats) => {
    if (!error && !stats.hasErrors()) return
    console.error(error ?? stats.toString('errors-warnings'))
    process.exitCode = 1
  })`

/** A page of fields at the far end of a slow connection. */
export interface TypingPage {
  readonly url: string
  /** The values that a handler of the server has received, by visit and field, in order. */
  heard(visit: string, field: string): readonly string[]
  close(): Promise<void>
}

export async function startTypingPage(latency: { latencyMs: number; jitterMs: number }): Promise<TypingPage> {
  const script = await buildScript()
  const all = new Map<string, string[]>()
  const Visit = ({ visit }: { visit: string }) =>
    createElement(Fields, {
      heard: (field, value) => {
        const key = `${visit} ${field}`
        all.set(key, [...(all.get(key) ?? []), value])
      },
    })
  const server = createLiveServer({
    routes: [route('/:visit', Visit)],
    clientModules: {},
    onRequest: ({ url }, response) => {
      const isScript = url === '/main.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
      response.end(isScript ? script : html(port))
    },
  })
  const { port } = (await server.listen(0, '127.0.0.1')) as AddressInfo
  const proxy: LatencyProxy = await startLatencyProxy({ target: { port }, ...latency })
  return {
    url: proxy.url,
    heard: (visit, field) => all.get(`${visit} ${field}`) ?? [],
    async close() {
      await proxy.close()
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
  const output = await mkdtemp(join(tmpdir(), 'liveroot-typing-'))
  const args = ['--import', 'tsx', '--input-type=module', '--eval', build]
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, OUTPUT: output } })
  const script = await readFile(join(output, 'main.js'), 'utf8')
  await rm(output, { recursive: true })
  return script
}
