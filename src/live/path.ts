/**
 * Where the walk stands inside one slot: a stack of steps, from which a hole or a handler gets its name when one is
 * met. Most elements hold neither, so nothing is joined until it is needed.
 */
export class Path {
  private readonly steps: string[] = []
  private readonly types: string[] = []

  /** `step` is an index, an escaped key or a prop's name; `type` is the element type that the step leads into. */
  push(step: string, type: string): void {
    this.steps.push(step)
    this.types.push(type)
  }

  pop(): void {
    this.steps.pop()
    this.types.pop()
  }

  /** With the types, because React starts a component afresh when an element above it changes its type. */
  hole(step: string): string {
    let name = ''
    for (let i = 0; i < this.steps.length; i++) name += `${this.steps[i]}${this.types[i]}.`
    return name + step
  }

  /** Without the types: it travels with every call, and a handler needs no identity beyond its place. */
  handler(prop: string): string {
    let name = ''
    for (const step of this.steps) name += `${step}.`
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
