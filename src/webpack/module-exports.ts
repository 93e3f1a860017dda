import type { BlockStatement, Node, Pattern, Program } from 'estree'
import { childrenOf } from './syntax-tree.ts'

/** What can be read from a module's source about its exports. */
export interface ModuleExports {
  format: 'esm' | 'commonjs'
  /** Export names in source order, `default` included. */
  names: string[]
  /** Requests of `export * from '...'`: modules whose exports are this module's too. */
  starRequests: string[]
  /** Whether a CommonJS module marks itself as compiled from ESM. */
  isEsModule: boolean
}

/**
 * @param block the parsed module, or the body of a function
 * @param directive for example `use client`
 * @returns whether the block starts with the directive; others may stand before it
 */
export function hasDirective(block: Program | BlockStatement, directive: string): boolean {
  for (const statement of block.body) {
    if (statement.type !== 'ExpressionStatement' || !('directive' in statement)) return false
    if (statement.directive === directive) return true
  }
  return false
}

/**
 * Reads the exports of a module. For ESM the answer is complete but for `starRequests`; for CommonJS it holds
 * the usual static forms only.
 */
export function readModuleExports(program: Program): ModuleExports {
  const names = new Set<string>()
  const starRequests: string[] = []
  const isEsm = program.body.some((node) => node.type.startsWith('Import') || node.type.startsWith('Export'))
  const result: ModuleExports = {
    format: isEsm ? 'esm' : 'commonjs',
    names: [],
    starRequests,
    isEsModule: false,
  }
  if (isEsm) {
    for (const node of program.body) readEsmExports(node, names, starRequests)
  } else {
    readCommonJsExports(program, names)
    result.isEsModule = names.delete('__esModule')
  }
  result.names = [...names]
  return result
}

function readEsmExports(node: Program['body'][number], names: Set<string>, starRequests: string[]): void {
  if (node.type === 'ExportDefaultDeclaration') {
    names.add('default')
  } else if (node.type === 'ExportAllDeclaration') {
    if (node.exported) names.add(nameOf(node.exported))
    else starRequests.push(String(node.source.value))
  } else if (node.type === 'ExportNamedDeclaration') {
    for (const specifier of node.specifiers) names.add(nameOf(specifier.exported))
    if (node.declaration?.type === 'VariableDeclaration') {
      for (const { id } of node.declaration.declarations) readPatternNames(id, names)
    } else if (node.declaration) {
      names.add(node.declaration.id.name)
    }
  }
}

function readPatternNames(pattern: Pattern, names: Set<string>): void {
  if (pattern.type === 'Identifier') names.add(pattern.name)
  else if (pattern.type === 'AssignmentPattern') readPatternNames(pattern.left, names)
  else if (pattern.type === 'RestElement') readPatternNames(pattern.argument, names)
  else if (pattern.type === 'ArrayPattern') {
    for (const element of pattern.elements) if (element) readPatternNames(element, names)
  } else if (pattern.type === 'ObjectPattern') {
    for (const property of pattern.properties) {
      readPatternNames(property.type === 'Property' ? property.value : property, names)
    }
  }
}

/** Finds `exports.x =`, `module.exports = { x }` and `Object.defineProperty(exports, 'x', ...)` anywhere. */
function readCommonJsExports(node: Node, names: Set<string>): void {
  if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
    if (
      isExportsObject(node.left.object) &&
      node.left.property.type === 'Identifier' &&
      !node.left.computed
    ) {
      names.add(node.left.property.name)
    } else if (isExportsObject(node.left) && node.right.type === 'ObjectExpression') {
      for (const property of node.right.properties) {
        if (property.type === 'Property' && !property.computed) names.add(nameOf(property.key))
      }
    }
  } else if (node.type === 'CallExpression') {
    const [target, key] = node.arguments
    const isDefine =
      node.callee.type === 'MemberExpression' && nameOf(node.callee.property) === 'defineProperty'
    // Bundlers set the mark on an object of their own, through an alias of `defineProperty`.
    const isMark = key?.type === 'Literal' && key.value === '__esModule'
    if (isMark) names.add('__esModule')
    else if (isDefine && target && isExportsObject(target) && key?.type === 'Literal')
      names.add(String(key.value))
  }
  for (const child of childrenOf(node)) readCommonJsExports(child, names)
}

function isExportsObject(node: Node): boolean {
  if (node.type === 'Identifier') return node.name === 'exports'
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'module' &&
    nameOf(node.property) === 'exports'
  )
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  return node.type === 'Literal' ? String(node.value) : ''
}
