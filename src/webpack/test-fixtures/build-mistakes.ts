import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import webpack from 'webpack'
import { configure } from './build.ts'

const files: Record<string, string> = {
  'server.tsx': `import * as all from './client-modules'\nconsole.log(all)\n`,
  'client.ts': '',
  'client-modules.ts': `
    export { both } from './both'
    export { Inline } from './inline'
    export { Limit } from './limit'
    export { Packaged } from './packaged'
    export { Silent } from './silent'
    export { Namespace } from './namespace'`,
  'both.ts': `'use client'\n'use server'\nexport const both = () => {}`,
  'inline.ts': `'use client'\nexport function Inline() { async function save() { 'use server' } return save }`,
  'limit.ts': `'use client'\nimport { add, limit } from './functions'\nexport const Limit = () => [add, limit, limit]`,
  // Calls nothing that is not a function.
  'namespace.ts': `'use client'\nimport * as all from './functions'\nexport const Namespace = () => all`,
  'functions.ts': `'use server'\nexport const limit = 5\nexport const add = async () => {}`,
  'packaged.ts': `'use client'\nimport { act } from 'kit'\nexport const Packaged = () => act`,
  'node_modules/kit/package.json': '{ "main": "index.js" }',
  'node_modules/kit/index.js': `'use server'\nexport const act = () => {}`,
  'silent.ts': `'use client'\nimport silent from './silent-functions'\nexport const Silent = () => silent`,
  'silent-functions.ts': `'use server'\nmodule.exports = makeFunctions()`,
}
/** Builds an app in an empty directory that makes every mistake; resolves with the errors and warnings of each half. */
export function buildMistakes(context: string): Promise<Record<string, string[]>> {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(context, file)), { recursive: true })
    writeFileSync(join(context, file), text)
  }
  const configurations = configure('development', join(context, 'out')).map((configuration) => ({
    ...configuration,
    context,
    resolve: { ...configuration.resolve, extensions: ['.js', '.ts', '.tsx'] },
    resolveLoader: { modules: [join(import.meta.dirname, '../../../node_modules')] },
  }))
  const compiler = webpack(configurations)
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error) return reject(error)
      const { children = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
      const messages = children.map(({ name, errors = [], warnings = [] }) => {
        const texts = [...errors, ...warnings].map(({ moduleName, message }) => `${moduleName}: ${message}`)
        return [name, texts.sort()]
      })
      compiler.close(() => resolve(Object.fromEntries(messages)))
    })
  })
}
