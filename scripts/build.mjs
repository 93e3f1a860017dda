// `npm run build:demo`: builds the demo once, for production.
import { promisify } from 'node:util'
import { register } from 'tsx/esm/api'
import webpack from 'webpack'

// The configuration and Liveroot's own loaders are TypeScript.
register()
const { default: configure } = await import('../webpack.config.ts')
const compiler = webpack(configure({}, { mode: 'production' }))
const stats = await promisify(compiler.run.bind(compiler))()
console.log(stats.toString({ preset: 'errors-warnings', timings: true, colors: process.stdout.isTTY }))
await promisify(compiler.close.bind(compiler))()
if (stats.hasErrors()) process.exit(1)
