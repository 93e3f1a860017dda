import type { Program } from 'estree'
import { javascript } from 'webpack'
import { packageOf } from './module-id.ts'
import { hasInlineDirective, readNotFunctions, readRequests } from './module-syntax.ts'

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

test.each([
  [`function f() { 'use server' }`, true],
  [`const f = async () => { 'use strict'; 'use server'; g() }`, true],
  [`class C { m() { return { async n() { 'use server' } } } }`, true],
  [`'use server'; export function f() {}`, false],
  [`function f() { g(); 'use server' }`, false],
  [`if (x) { 'use server' }`, false],
  [`const f = () => 'use server'`, false],
])('inline directive: %s', (source, expected) => {
  expect(hasInlineDirective(parse(source), 'use server')).toBe(expected)
})

test('requests', () => {
  const source = `
    import a from 'a'; import './b'; export { c } from './c'; export * from './d'
    const e = () => import('./e'); const f = require('./f'); import(g); require(h, 'i'); const j = { source: './j' }`
  expect(readRequests(parse(source))).toEqual(['a', './b', './c', './d', './e', './f'])
})

test('exports that are no functions', () => {
  const source = `
    export const text = 'a', call = make(), list = [], arrow = () => {}, bound = call.bind(null)
    export let later = 1
    export class C {}
    export function f() {}
    export default {}`
  expect(readNotFunctions(parse(source))).toEqual(['text', 'list', 'C', 'default'])
})

test.each([
  ['/app/src/a.ts', undefined],
  ['/app/node_modules/jotai/esm/react.mjs', 'jotai'],
  ['/app/node_modules/.pnpm/x@1/node_modules/@tanstack/react-query/build/index.js', '@tanstack/react-query'],
  ['C:\\app\\node_modules\\@scope\\kit\\index.js', '@scope/kit'],
])('the package of %s', (path, expected) => {
  expect(packageOf(path)).toBe(expected)
})
