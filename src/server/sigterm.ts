/** The servers that want to be drained when the process is told to end. */
const servers = new Set<() => Promise<void>>()
let ending = false

/**
 * Drains a server on `SIGTERM`, and ends the process with code 0 when all servers that were listed here are drained. One
 * listener serves them all. Returns the function that takes the server off the list.
 */
export function drainOnSigterm(drain: () => Promise<void>): () => void {
  if (servers.size === 0) process.on('SIGTERM', drainAll)
  servers.add(drain)
  return () => {
    servers.delete(drain)
    // While they are draining, another signal must not end the process.
    if (servers.size === 0 && !ending) process.off('SIGTERM', drainAll)
  }
}

function drainAll(): void {
  if (ending) return
  ending = true
  // A drain tells of its own failures, and never takes longer than its limit.
  void Promise.allSettled([...servers].map((drain) => drain())).then(() => process.exit(0))
}
