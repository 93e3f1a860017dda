import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { LiveServerOptions } from 'liveroot/server'
import { openScene, type Scene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

/** Where a call goes; by default to the first slot of the first root as it was first shown. */
interface Place {
  readonly root?: number
  readonly seen?: number
  readonly slot?: number
  readonly from?: Peer
}

/** A scene with a peer that has mounted `/app`, and calls what it should not. */
export class Arena {
  private last = 0
  /** The codes that subscribers of the diagnostics channel heard of. */
  readonly heard: string[] = []
  private readonly hear = (message: unknown) => {
    this.heard.push((message as { code: string }).code)
  }

  private constructor(
    readonly scene: Scene,
    readonly peer: Peer,
  ) {
    subscribe('liveroot.refusal', this.hear)
  }

  static async open(options: Partial<LiveServerOptions>): Promise<Arena> {
    const scene = await openScene(options)
    const arena = new Arena(scene, await Peer.open(scene.port))
    await arena.peer.mount(1, '/app')
    return arena
  }

  /** The whole message that answers a call. `body` is the path, and the arguments after a line feed. */
  answer(body: string, { root = 1, seen = 1, slot = 1, from = this.peer }: Place = {}): Promise<string> {
    const id = ++this.last
    return from.ask(`c${id},${root},${seen},${slot}\n${body}`, (message) => {
      return message.startsWith(`r${id},`) || message.startsWith(`y${id},`)
    })
  }

  /** The code that a call is refused with, once it is sure that it was counted; `null` where it was not refused. */
  async refusal(body: string, place?: Place): Promise<string | null> {
    const before = { ...this.scene.server.refused } as Record<string, number>
    this.heard.length = 0
    const answer = await this.answer(body, place)
    const code = answer[0] === 'y' ? (codeOf(answer) as string) : null
    const after = code === null ? before : { ...before, [code]: (before[code] ?? 0) + 1 }
    expect(this.scene.server.refused).toEqual(after)
    expect(this.heard).toEqual(code === null ? [] : [code])
    return code
  }

  /** The peer's own session works as before, and so does the bystander's. */
  async end(path: string): Promise<void> {
    expect((await this.answer(path))[0]).toBe('r')
    unsubscribe('liveroot.refusal', this.hear)
    this.peer.end()
    await this.scene.end()
  }
}

/** The arguments of a call whose reply has several parts: models, or what stands in their place. */
export function reply(parts: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(parts).map(([name, part]) => [name, JSON.stringify(part)])
  return JSON.stringify(Object.fromEntries(texts))
}

export function repeat<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}
