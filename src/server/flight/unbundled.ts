import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/**
 * React's Flight writer in plain Node (tests, scripts): it needs React's `react-server` build, while everything else
 * in the process needs the full one. Two copies of React in one process work, for elements are interchangeable. A
 * webpack bundle gets the same by a layer; see `bundled.ts`, which takes this module's place there.
 *
 * The loader below follows `exports` with the `react-server` condition, for CommonJS packages only, and keeps a cache
 * of its own, so that the process's ordinary `require('react')` is not affected.
 */
const condition = 'react-server'
const require = createRequire(path.join(process.cwd(), 'package.json'))
const cache = new Map<string, { exports: unknown }>()

type Target = string | { readonly [condition: string]: Target }

function resolve(request: string, from: string): string {
  if (request.startsWith('.')) return path.resolve(path.dirname(from), request)
  const [name, ...rest] = request.split('/')
  const manifest = require.resolve(`${name}/package.json`)
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports: Record<string, Target> }
  const target = pick(exports[rest.length === 0 ? '.' : `./${rest.join('/')}`])
  if (target === undefined)
    throw new Error(`Liveroot: package ${name} has no ${condition} build for "${request}".`)
  return path.join(path.dirname(manifest), target)
}

function pick(target: Target | undefined): string | undefined {
  if (typeof target !== 'object') return target
  for (const [name, next] of Object.entries(target)) {
    if (name === condition || name === 'node' || name === 'require' || name === 'default') return pick(next)
  }
  return undefined
}

function load(file: string): unknown {
  const known = cache.get(file)
  if (known !== undefined) return known.exports
  const module = { exports: {} as unknown }
  cache.set(file, module)
  const requireFrom = (request: string): unknown =>
    isBuiltin(request) ? require(request) : load(resolve(request, file))
  const run = new Function('module', 'exports', 'require', readFileSync(file, 'utf8'))
  run(module, module.exports, requireFrom)
  return module.exports
}

function isBuiltin(request: string): boolean {
  return ['async_hooks', 'crypto', 'stream', 'util'].includes(request.replace('node:', ''))
}

const flight = load(resolve('react-server-dom-webpack/server', '')) as typeof import('./bundled.ts')

export const {
  renderToReadableStream,
  decodeReply,
  registerServerReference,
  registerClientReference,
  createTemporaryReferenceSet,
} = flight
