interface Keys {
  readonly key: string
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly isComposing: boolean
}

const modifiers = { alt: 'altKey', ctrl: 'ctrlKey', meta: 'metaKey', shift: 'shiftKey' } as const

const named: Readonly<Record<string, string>> = { space: ' ', plus: '+' }

/** True when one of `keys` was pressed, as `on` says; also for events without a key. */
export function matchesKeys(event: Event, keys: readonly string[]): boolean {
  const pressed = event as unknown as Keys
  if (typeof pressed.key !== 'string') return true
  return !pressed.isComposing && keys.some((each) => matches(pressed, each))
}

function matches(pressed: Keys, wanted: string): boolean {
  const parts = wanted.toLowerCase().split('+')
  const last = parts.pop() as string
  const key = named[last] ?? last
  if (pressed.key.toLowerCase() !== key) return false
  return Object.entries(modifiers).every(([name, field]) => {
    // Shift is how some characters are typed, on some keyboards.
    if (name === 'shift' && key.length === 1 && !parts.includes(name)) return true
    return pressed[field] === parts.includes(name)
  })
}
