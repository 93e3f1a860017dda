import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import webpack, { type Configuration, type MultiCompiler } from 'webpack'
import type { ClientManifest } from '../../server/flight/client-manifest.ts'
import { Liveroot } from '../index.ts'
import { compileTypeScript } from './build.ts'

export interface WatchedBuild {
  /** What the manifest holds. */
  readonly modules: string[]
  readonly functions: string[]
  /** Whether the code of a 'use server' module is in the server bundle. */
  readonly hasCode: boolean
}

const steps: [file: string, text: string][] = [
  [
    'server.js',
    `import { First } from './first.js'\nimport { Second } from './second.js'\nconsole.log(First, Second)\n`,
  ],
  ['server.js', `import { Second } from './second.js'\nconsole.log(Second)\n`],
  // Only the browser runs this one.
  ['helper.js', `export { act as helper } from './act.js'\n`],
  ['helper.js', 'export const helper = 3\n'],
]

/** Watches an app in an empty directory, and writes one file after the other; resolves with what each build gave. */
export function watch(context: string): Promise<WatchedBuild[]> {
  const write = (file: string, text: string) => writeFileSync(join(context, file), text)
  write('first.js', `'use client'\nexport const First = 1\n`)
  write('second.js', `'use client'\nexport { helper as Second } from './helper.js'\n`)
  write('helper.js', 'export const helper = 2\n')
  write('act.js', `'use server'\nexport const act = () => 'ACT_CODE'\n`)
  write('client.js', '')
  write('server.js', `import { First } from './first.js'\nconsole.log(First)\n`)
  const compiler = makeCompiler(context)
  const builds: WatchedBuild[] = []
  return new Promise((resolve, reject) => {
    const watching = compiler.watch({ aggregateTimeout: 10 }, (error, stats) => {
      if (error || stats?.hasErrors()) return reject(error ?? new Error(stats?.toString('errors-only')))
      builds.push(look(context))
      const next = steps[builds.length - 1]
      if (next !== undefined) write(...next)
      else watching?.close(() => compiler.close(() => resolve(builds)))
    })
  })
}

function look(context: string): WatchedBuild {
  const { modules } = JSON.parse(
    readFileSync(join(context, 'out/client-manifest.json'), 'utf8'),
  ) as ClientManifest
  const functions = Object.values(modules).flatMap((module) => module.functions ?? [])
  const hasCode = readFileSync(join(context, 'out/main.js'), 'utf8').includes('ACT_CODE')
  return { modules: Object.keys(modules), functions, hasCode }
}

function makeCompiler(context: string): MultiCompiler {
  const liveroot = new Liveroot()
  const shared: Configuration = {
    context,
    mode: 'development',
    module: { rules: [compileTypeScript] },
    resolveLoader: { modules: [fileURLToPath(new URL('../../../node_modules', import.meta.url))] },
  }
  return webpack([
    {
      ...shared,
      name: 'server',
      target: 'node20',
      entry: './server.js',
      output: { path: join(context, 'out'), clean: true },
      plugins: [liveroot.server()],
    },
    {
      ...shared,
      name: 'client',
      dependencies: ['server'],
      entry: './client.js',
      output: { path: join(context, 'out-client') },
      plugins: [liveroot.client()],
    },
  ])
}
