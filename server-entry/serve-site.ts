import { readFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { join } from 'node:path'
import sirv from 'sirv'
import { type Assets, pageShell } from './page-shell.ts'

const assetPrefix = '/assets/'
const hashedName = /\.[0-9a-f]{10}\.\w+$/
const forever = 'public, max-age=31536000, immutable'

/** Serves the browser's files under `/assets/`, and the page that loads them under every other path. */
export function serveSite(directory: string): RequestListener {
  const files = sirv(directory, {
    // New builds appear while the server runs.
    dev: process.env.NODE_ENV !== 'production',
    setHeaders: (response, path) => {
      response.setHeader('cache-control', hashedName.test(path) ? forever : 'no-cache')
    },
  })
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405)
    if (!request.url?.startsWith(assetPrefix)) return void sendPage(directory, request, response)
    request.url = request.url.slice(assetPrefix.length - 1)
    files(request, response, () => end(response, 404))
  }
}

async function sendPage(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const assets = JSON.parse(await readFile(join(directory, 'assets.json'), 'utf8')) as Assets
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    response.end(request.method === 'HEAD' ? undefined : pageShell(assets))
  } catch (error) {
    console.error('The page could not be made. Has the client been built?', error)
    end(response, 500)
  }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end()
}
