import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import webpack, { type Configuration } from 'webpack'
import { Liveroot } from '../index.ts'
import { compileTypeScript } from './build.ts'

// Argument: an empty directory. Watches an app in it, adds a client module, removes one, and prints the ids that the
// manifest holds after each build.
const [context = ''] = process.argv.slice(2)
const write = (file: string, text: string) => writeFileSync(join(context, file), text)
write('first.js', `'use client'\nexport const First = 1\n`)
write('second.js', `'use client'\nexport const Second = 2\n`)
write('client.js', '')
write('server.js', `import { First } from './first.js'\nconsole.log(First)\n`)

const steps = [
  `import { First } from './first.js'\nimport { Second } from './second.js'\nconsole.log(First, Second)\n`,
  `import { Second } from './second.js'\nconsole.log(Second)\n`,
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
  const manifest = JSON.parse(readFileSync(join(context, 'out/client-manifest.json'), 'utf8'))
  console.log(JSON.stringify(Object.keys(manifest.modules)))
  const next = steps.shift()
  if (next !== undefined) write('server.js', next)
  else watching?.close(() => compiler.close(() => {}))
})
