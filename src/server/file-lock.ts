import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { LiverootError } from '../errors.ts'

const held = new Set<string>()

/**
 * Keeps other processes from a file, by another one beside it that names this process. What a killed process left behind
 * locks nobody out.
 *
 * @returns the function that frees it.
 * @throws `store_in_use`
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`
  if (held.has(lock) || heldByAnother(lock)) {
    throw new LiverootError('store_in_use', `Another process, or store of this one, uses ${path}.`)
  }
  writeFileSync(lock, nameOf(process.pid))
  held.add(lock)
  return () => {
    held.delete(lock)
    rmSync(lock, { force: true })
  }
}

function heldByAnother(lock: string): boolean {
  let name: string
  try {
    name = readFileSync(lock, 'utf8')
  } catch {
    return false
  }
  const pid = Number.parseInt(name, 10)
  return pid > 0 && pid !== process.pid && isAlive(pid) && nameOf(pid) === name
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** With the time of its start, where the system tells it: numbers of processes are used again. */
function nameOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return `${pid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[20]}`
  } catch {
    return String(pid)
  }
}
