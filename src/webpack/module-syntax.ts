import type { Node, Program } from 'estree'
import { hasDirective } from './module-exports.ts'
import { childrenOf } from './syntax-tree.ts'

/** @throws when a module says that it belongs to both sides. */
export function refuseBothDirectives(program: Program): void {
  if (!hasDirective(program, 'use client') || !hasDirective(program, 'use server')) return
  throw new Error(
    "liveroot/webpack: a module cannot be 'use client' and 'use server'. Move the server functions to a module of " +
      "their own with 'use server' at its top, and import them from the client module.",
  )
}

/** Whether a function of the module has the directive at the top of its body. */
export function hasInlineDirective(node: Node, directive: string): boolean {
  if ('body' in node && node.type.includes('Function')) {
    const { body } = node as { body: Node }
    if (body.type === 'BlockStatement' && hasDirective(body, directive)) return true
  }
  for (const child of childrenOf(node)) if (hasInlineDirective(child, directive)) return true
  return false
}

/** The requests of a module's `import`, `export from`, `import()` and `require()`. */
export function readRequests(program: Program): string[] {
  const requests = new Set<string>()
  const visit = (node: Node) => {
    const source = requestOf(node)
    if (source?.type === 'Literal' && typeof source.value === 'string') requests.add(source.value)
    for (const child of childrenOf(node)) visit(child)
  }
  visit(program)
  return [...requests]
}

function requestOf(node: Node): Node | null | undefined {
  if (node.type === 'CallExpression') {
    const isRequire = node.callee.type === 'Identifier' && node.callee.name === 'require'
    return isRequire ? node.arguments[0] : null
  }
  return 'source' in node ? node.source : null
}

/** Exports that are plainly values or classes: `export const limit = 5`. */
export function readNotFunctions(program: Program): string[] {
  const names: string[] = []
  for (const node of program.body) {
    if (node.type === 'ExportDefaultDeclaration') {
      if (isNotFunction(node.declaration)) names.push('default')
    } else if (node.type === 'ExportNamedDeclaration' && node.declaration) {
      const { declaration } = node
      if (declaration.type === 'ClassDeclaration') names.push(declaration.id.name)
      if (declaration.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
      for (const { id, init } of declaration.declarations) {
        if (id.type === 'Identifier' && init && isNotFunction(init)) names.push(id.name)
      }
    }
  }
  return names
}

const notFunctions = new Set([
  'ArrayExpression',
  'BinaryExpression',
  'ClassDeclaration',
  'ClassExpression',
  'Literal',
  'ObjectExpression',
  'TemplateLiteral',
  'UnaryExpression',
])

function isNotFunction({ type }: { type: string }): boolean {
  return notFunctions.has(type)
}
