import { readFileSync } from 'node:fs'
import { transformSync as transformWithBabel } from '@babel/core'
import { transformSync as transformWithSwc } from '@swc/core'

/**
 * Loads a module of TypeScript, compiled by React Compiler on the way or not; that is the only difference.
 *
 * @returns the module's exports, and its code before it was made CommonJS.
 */
export function loadModule<T>(file: string, withReactCompiler: boolean): { exports: T; code: string } {
  const { code } =
    transformWithBabel(readFileSync(file, 'utf8'), {
      filename: file,
      babelrc: false,
      configFile: false,
      parserOpts: { plugins: ['typescript', 'jsx'] },
      plugins: withReactCompiler ? [['babel-plugin-react-compiler', { panicThreshold: 'all_errors' }]] : [],
    }) ?? {}
  if (typeof code !== 'string') throw new Error(`Babel made nothing of ${file}.`)
  const commonJs = transformWithSwc(code, {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' } },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
  })
  const exports = {} as T
  new Function('require', 'exports', commonJs.code)(require, exports)
  return { exports, code }
}
