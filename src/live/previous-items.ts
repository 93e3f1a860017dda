import { Hole, TemplateElement, type TemplateNode } from './template.ts'

/** Finds the previous item of a list by key, or by place where there is none, which is how React matches them. */
export class PreviousItems {
  private byKey: Map<string, TemplateNode> | undefined

  constructor(private readonly items: readonly TemplateNode[]) {}

  at(index: number, key: string | null): TemplateNode {
    const item = this.items[index]
    if (templateKey(item) === key) return item
    if (key === null) return undefined
    if (this.byKey === undefined) {
      this.byKey = new Map()
      for (const each of this.items) {
        const itsKey = templateKey(each)
        if (itsKey !== null && !this.byKey.has(itsKey)) this.byKey.set(itsKey, each)
      }
    }
    return this.byKey.get(key)
  }
}

/** The key of an item of a template's list. */
export function templateKey(node: TemplateNode): string | null {
  return node instanceof Hole || node instanceof TemplateElement ? node.key : null
}
