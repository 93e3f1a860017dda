import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import webpack, { type Configuration } from 'webpack'
import type { ClientManifest } from '../../server/flight/client-manifest.ts'
import { Liveroot } from '../index.ts'
import { compileTypeScript } from './build.ts'

// Argument: an empty directory. Watches an app in it and writes one file after the other. After each build it prints
// what the manifest holds, and whether the code of a 'use server' module is in the server bundle.
const [context = ''] = process.argv.slice(2)
const write = (file: string, text: string) => writeFileSync(join(context, file), text)
write('first.js', `'use client'\nexport const First = 1\n`)
write('second.js', `'use client'\nexport { helper as Second } from './helper.js'\n`)
write('helper.js', 'export const helper = 2\n')
write('act.js', `'use server'\nexport const act = () => 'ACT_CODE'\n`)
write('client.js', '')
write('server.js', `import { First } from './first.js'\nconsole.log(First)\n`)

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
const liveroot = new Liveroot()
const shared: Configuration = {
  context,
  mode: 'development',
  module: { rules: [compileTypeScript] },
  resolveLoader: { modules: [fileURLToPath(new URL('../../../node_modules', import.meta.url))] },
}
const compiler = webpack([
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

const watching = compiler.watch({ aggregateTimeout: 10 }, (error, stats) => {
  if (error || stats?.hasErrors()) throw error ?? new Error(stats?.toString('errors-only'))
  const { modules } = JSON.parse(
    readFileSync(join(context, 'out/client-manifest.json'), 'utf8'),
  ) as ClientManifest
  const functions = Object.values(modules).flatMap((module) => module.functions ?? [])
  const hasCode = readFileSync(join(context, 'out/main.js'), 'utf8').includes('ACT_CODE')
  console.log(JSON.stringify({ modules: Object.keys(modules), functions, hasCode }))
  const next = steps.shift()
  if (next !== undefined) write(...next)
  else watching?.close(() => compiler.close(() => {}))
})
