import type { Program } from 'estree'
import { javascript } from 'webpack'
import { hasDirective, readModuleExports } from './module-exports.ts'

function parse(source: string): Program {
  const parser = new javascript.JavascriptParser('auto')
  let program: Program | undefined
  parser.hooks.program.tap('test', (tree) => {
    program = tree as Program
    return true
  })
  parser.parse(source, { source } as never)
  return program as Program
}

const names = (source: string) => readModuleExports(parse(source)).names

test.each([
  [`'use client'`, true],
  [`/* licence */ "use strict"; "other"; "use client"; foo()`, true],
  [`#!/usr/bin/env node\n'use client'`, true],
  [`import x from 'x'; 'use client'`, false],
  [`('use client')`, false],
  [`const text = 'use client'`, false],
  [`function f() { 'use client' }`, false],
])('%s', (source, expected) => {
  expect(hasDirective(parse(source), 'use client')).toBe(expected)
})

test('ESM exports', () => {
  expect(names('export default class {}')).toEqual(['default'])
  expect(names('export const a = 1, { b, c: [d, , ...e], f = 2, ...g } = {}')).toEqual([
    'a',
    'b',
    'd',
    'e',
    'f',
    'g',
  ])
  expect(names('export function f() {} export class C {}')).toEqual(['f', 'C'])
  expect(names(`export { x, y as z, w as default, v as 'not a name' } from './m'`)).toEqual([
    'x',
    'z',
    'default',
    'not a name',
  ])
  expect(names(`export * as everything from './m'`)).toEqual(['everything'])
})

test('export * is left to the caller', () => {
  const found = readModuleExports(parse(`export * from './a'; export * from 'b'; export const c = 1`))
  expect(found).toEqual({ format: 'esm', names: ['c'], starRequests: ['./a', 'b'], isEsModule: false })
})

test('CommonJS exports', () => {
  expect(names('exports.a = 1; module.exports.b = 2; exports[c] = 3')).toEqual(['a', 'b'])
  expect(names(`module.exports = { a, 'b-c': 1, [d]: 2 }`)).toEqual(['a', 'b-c'])
  expect(names(`Object.defineProperty(exports, 'a', { get() {} })`)).toEqual(['a'])
  expect(names('0 && (module.exports = { a, b })')).toEqual(['a', 'b'])
  expect(names('if (x) { (function () { exports.late = 1 })() }')).toEqual(['late'])
})

test('the mark of compiled ESM', () => {
  const isMarked = (source: string) => readModuleExports(parse(source)).isEsModule
  expect(isMarked(`Object.defineProperty(exports, '__esModule', { value: true })`)).toBe(true)
  expect(isMarked('exports.__esModule = true')).toBe(true)
  expect(isMarked(`module.exports = copy(define({}, '__esModule', { value: true }), all)`)).toBe(true)
  expect(isMarked('exports.a = 1')).toBe(false)
})
