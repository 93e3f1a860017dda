/** One that no walk uses: a walk of a small output would spend most of its memory on this. */
let spare: Path | null = null

/**
 * Where the walk stands inside one slot: a stack of steps, from which a hole or a handler gets its name when one is
 * met. Most elements hold neither, so nothing is joined until it is needed.
 */
export class Path {
  /** Only the first `depth` of both count: an array that shrinks gives its memory back, and is to have it again. */
  private readonly steps: string[] = []
  private readonly types: string[] = []
  depth = 0

  /** To be given back with {@link release}, unless the walk failed. */
  static take(): Path {
    const path = spare ?? new Path()
    spare = null
    return path
  }

  release(): void {
    spare = this
  }

  /** `step` is an index, an escaped key or a prop's name; `type` is the element type that the step leads into. */
  push(step: string, type: string): void {
    this.steps[this.depth] = step
    this.types[this.depth++] = type
  }

  pop(): void {
    this.depth--
  }

  /** With the types, because React starts a component afresh when an element above it changes its type. */
  hole(step: string): string {
    let name = ''
    for (let i = 0; i < this.depth; i++) name += `${this.steps[i]}${this.types[i]}.`
    return name + step
  }

  /** Without the types: it travels with every call, and a handler needs no identity beyond its place. */
  handler(prop: string): string {
    let name = ''
    for (let i = 0; i < this.depth; i++) name += `${this.steps[i]}.`
    return name + prop
  }
}

/** A key may hold the characters that paths are made of; escaped, no two places share a name. */
export function keyStep(key: string): string {
  return `:${key.replace(/[\\.,<>@\n]/g, (c) => `\\${c.charCodeAt(0).toString(16)};`)}`
}

/** True for the path of what the browser runs as the action of a form. */
export function isAction(path: string): boolean {
  return /(^|\.)(action|formAction)$/.test(path)
}
