interface Saver {
  run(): void
}

const waiting = new Set<Saver>()

/**
 * Runs what is to be saved in the next turn of the event loop, that of all sessions in one go: a store that writes what
 * comes together writes once.
 */
export function scheduleSave(saver: Saver): void {
  if (waiting.size === 0) setImmediate(runAll)
  waiting.add(saver)
}

export function cancelSave(saver: Saver): void {
  waiting.delete(saver)
}

function runAll(): void {
  const all = [...waiting]
  waiting.clear()
  for (const saver of all) saver.run()
}
