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
   * What the browser showed at frame `seen`; the first render where that is later, and was sent: a component may call what
   * it is given while it renders, before React shows it.
   */
  shown(seen: number, sent: number): ShownHandlers | undefined {
    const entry = this.at(seen, sent)
    return entry && new ShownHandlers(this, entry)
  }

  at(seen: number, sent: number): Entry | undefined {
    const entry = this.entries?.findLast(({ sequence }) => sequence <= seen) ?? this.entries?.[0]
    return entry === undefined || entry.sequence > sent ? undefined : entry
  }
}

/**
 * The closures of one slot as a browser showed them. A call that waits holds them: meanwhile the browser may say that it
 * shows a later frame, and then nobody else has them.
 */
export class ShownHandlers {
  constructor(
    private readonly history: HandlerHistory,
    private readonly entry: Entry,
  ) {}

  /** The closure that stood at `path`. */
  find(path: string): AnyFunction | undefined {
    return this.entry.handlers?.get(path)
  }

  /**
   * The closure of the newest render that was sent, where it stands in the same elements as the one that was shown; else
   * that one, for the call is not meant for anything else.
   */
  findNewest(path: string, sent: number): AnyFunction | undefined {
    const { entry: then } = this
    const now = this.history.at(sent, sent)
    if (now === undefined || then === now) return now?.handlers?.get(path)
    const place = handlerPlace(now.node, path)
    // What is gone is not called: it would not know of the edits before.
    const isOther = place !== null && place !== handlerPlace(then.node, path)
    return (isOther ? then : now).handlers?.get(path)
  }
}
