import { handlerPlace } from './handler-place.ts'
import type { AnyFunction, TemplateNode } from './template.ts'

type Handlers = ReadonlyMap<string, AnyFunction> | null

interface Entry {
  readonly sequence: number
  handlers: Handlers
  node: TemplateNode
}

/**
 * The closures of one slot, render by render, as far back as the browser may still have them on screen: a click runs
 * the closure of the render that the user saw. Most of the time that is one entry.
 */
export class HandlerHistory {
  private entries: Entry[] | null = null

  /**
   * `sequence` is the number of the root's newest frame. Closures that came without a frame replace those of the frame
   * before: what the user sees is the same. Nobody can ask for what is older than the newest acknowledged entry.
   */
  publish(handlers: Handlers, node: TemplateNode, sequence: number, acknowledged: number): void {
    if (this.entries === null) {
      if (handlers !== null) this.entries = [{ sequence, handlers, node }]
      return
    }
    const { entries } = this
    const latest = entries[entries.length - 1] as Entry
    if (latest.sequence === sequence) Object.assign(latest, { handlers, node })
    else entries.push({ sequence, handlers, node })
    while (entries.length > 1 && (entries[1] as Entry).sequence <= acknowledged) entries.shift()
  }

  /**
   * The closure that stood at `path` in the render that the browser showed at frame `seen`; in the first one where that
   * is later, and was sent: a component may call what it is given while it renders, before React shows it.
   */
  find(path: string, seen: number, sent: number): AnyFunction | undefined {
    return this.at(seen, sent)?.handlers?.get(path)
  }

  /**
   * The closure of the newest render that was sent, where it stands in the same elements as the one that the browser
   * showed at frame `seen`; else that one, for the call is not meant for anything else.
   */
  findNewest(path: string, seen: number, sent: number): AnyFunction | undefined {
    const [then, now] = [this.at(seen, sent), this.at(sent, sent)]
    if (then === undefined || now === undefined) return undefined
    if (then === now) return now.handlers?.get(path)
    const place = handlerPlace(now.node, path)
    // What is gone is not called: it would not know of the edits before.
    const isOther = place !== null && place !== handlerPlace(then.node, path)
    return (isOther ? then : now).handlers?.get(path)
  }

  private at(seen: number, sent: number): Entry | undefined {
    const entry = this.entries?.findLast(({ sequence }) => sequence <= seen) ?? this.entries?.[0]
    return entry === undefined || entry.sequence > sent ? undefined : entry
  }
}
