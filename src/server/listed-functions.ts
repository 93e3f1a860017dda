import { isClientReference, TemplateElement, type TemplateNode } from '../live/template.ts'
import type { LiveTree } from '../live/tree.ts'
import type { ClientModuleMap } from './flight/client-manifest.ts'

interface Shown {
  /** The tree's newest frame and the browser's, of which this is true. */
  readonly frames: readonly [number, number]
  readonly modules: ReadonlySet<string>
}

const cache = new WeakMap<LiveTree, Shown>()

/** True where a client component that a browser at frame `shown` shows is in a module that imports this function. */
export function listsFunction(tree: LiveTree, shown: number, modules: ClientModuleMap, id: string): boolean {
  for (const module of modulesOf(tree, shown)) if (modules[module]?.functions?.includes(id)) return true
  return false
}

/** The client modules of everything that the browser has, or may still have, on its screen. */
function modulesOf(tree: LiveTree, shown: number): ReadonlySet<string> {
  const known = cache.get(tree)
  const { sequence } = tree
  if (known?.frames[0] === sequence && known.frames[1] === shown) return known.modules
  const modules = new Set<string>()
  for (const template of tree.shownTemplates(shown)) addModules(template, modules)
  cache.set(tree, { frames: [sequence, shown], modules })
  return modules
}

/** Adds the client modules that a template, or edits to one, has components of. */
export function addModules(node: TemplateNode, modules: Set<string>): void {
  if (isClientReference(node)) {
    const { $$id } = node as { $$id: string }
    modules.add($$id.slice(0, $$id.lastIndexOf('#')))
  } else if (node instanceof TemplateElement) {
    if (isClientReference(node.type)) addModules(node.type, modules)
    for (const name of Object.keys(node.props)) addModules(node.props[name], modules)
  } else if (Array.isArray(node)) {
    for (const item of node) addModules(item, modules)
  } else if (node instanceof Map || node instanceof Set) {
    for (const item of [...node].flat()) addModules(item, modules)
  } else if (typeof node === 'object' && node !== null) {
    for (const value of Object.values(node)) addModules(value, modules)
  }
}
