import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
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
  if (held.has(lock) || !take(lock)) {
    throw new LiverootError('store_in_use', `Another process, or store of this one, uses ${path}.`)
  }
  held.add(lock)
  return () => {
    held.delete(lock)
    rmSync(lock, { force: true })
  }
}

/** Of processes that come at once, one makes the file. */
function take(lock: string): boolean {
  for (;;) {
    try {
      writeFileSync(lock, nameOf(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const name = read(lock)
    if (name === null) continue
    if (isHeld(lock, name) || !remove(lock, name)) return false
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function read(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Whoever made the file has not written to it for as long as that: it was killed in between. */
const writingMs = 5_000

function isHeld(lock: string, name: string): boolean {
  if (name === '') return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) < writingMs
  const pid = Number.parseInt(name, 10)
  return pid > 0 && pid !== process.pid && isAlive(pid) && nameOf(pid) === name
}

/** Removes what a killed process left; false where it is another's by now. */
function remove(lock: string, name: string): boolean {
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    throw error
  }
  const stale = read(aside) === name
  if (stale) rmSync(aside, { force: true })
  else renameSync(aside, lock)
  return stale
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
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
