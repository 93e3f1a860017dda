/** One thing that happens to a page: the user's, the server's or the network's. */
export type Step =
  | { readonly kind: 'click' | 'cut' | 'offline' | 'online' }
  | { readonly kind: 'type' | 'push'; readonly text: string }
  | { readonly kind: 'ask'; readonly number: number }
  /** Turns of the event loop pass; a message takes one. */
  | { readonly kind: 'turns'; readonly count: number }

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const kinds = [
  'click',
  'click',
  'type',
  'type',
  'push',
  'ask',
  'ask',
  'turns',
  'turns',
  'cut',
  'cut',
] as const

/** A script of random steps, which ends online. */
export function randomScript(random: () => number, length: number): Step[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const steps: Step[] = []
  let offline = false
  for (let i = 0; i < length; i++) {
    const kind: Step['kind'] = random() < 0.06 ? (offline ? 'online' : 'offline') : pick(kinds)
    if (kind === 'online' || kind === 'offline') offline = kind === 'offline'
    if (kind === 'type' || kind === 'push') steps.push({ kind, text: String.fromCharCode(97 + (i % 26)) })
    else if (kind === 'ask') steps.push({ kind, number: i })
    else if (kind === 'turns') steps.push({ kind, count: Math.floor(random() * 12) })
    else steps.push({ kind })
  }
  return [...steps, { kind: 'online' }]
}

/** What the page shows, and what was run on the server, when nothing disturbs a script. */
export function undisturbed(steps: readonly Step[]): { text: string; typed: string; effects: string[] } {
  const effects: string[] = []
  let clicks = 0
  let typed = ''
  let pushed = ''
  for (const step of steps) {
    if (step.kind === 'click') effects.push(`click ${++clicks}`)
    if (step.kind === 'push') pushed += step.text
    if (step.kind === 'ask') effects.push(`ask ${step.number}`)
    if (step.kind !== 'type') continue
    typed += step.text
    effects.push(`type ${typed}`)
  }
  return { text: `${clicks}|${typed}|${pushed}`, typed, effects }
}
