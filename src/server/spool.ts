import { randomUUID } from 'node:crypto'
import { openAsBlob, unlinkSync } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Keeps the bytes of one file while they come in. */
export interface Spool {
  /** Stores the next bytes. */
  write(bytes: Uint8Array): Promise<void> | void
  /** All bytes, once they are there. */
  finish(): Promise<Blob>
  /** Frees what the file takes. What is being read is read to its end. */
  remove(): Promise<void>
}

/** Larger files are kept on disk. */
export const memorySpoolBytes = 262_144

/** A place for a file of this size: a large one has a file in the directory. */
export function createSpool(size: number, directory: string): Spool {
  return size <= memorySpoolBytes ? new MemorySpool(size) : new DiskSpool(directory)
}

class MemorySpool implements Spool {
  private bytes: Uint8Array<ArrayBuffer>
  private length = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  write(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  async finish(): Promise<Blob> {
    const blob = new Blob([this.bytes])
    // The blob has a copy.
    await this.remove()
    return blob
  }

  async remove(): Promise<void> {
    this.bytes = new Uint8Array(0)
  }
}

/** What must go with the process. */
const paths = new Set<string>()

function unlinkAll(): void {
  for (const path of paths) {
    try {
      unlinkSync(path)
    } catch {
      // Somebody else has removed it.
    }
  }
}

/** A temporary file that only this user may read, of a name that nobody can know beforehand. */
class DiskSpool implements Spool {
  private readonly path: string
  private handle: FileHandle | null = null

  constructor(directory: string) {
    // The process id tells an administrator whose it was, should the process be killed.
    this.path = join(directory, `liveroot-${process.pid}-${randomUUID()}`)
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.handle ??= await this.create()
    await this.handle.appendFile(bytes)
  }

  private async create(): Promise<FileHandle> {
    if (paths.size === 0) process.once('exit', unlinkAll)
    paths.add(this.path)
    // Exclusive: whatever stands under that name, a link for example, is not written to.
    return open(this.path, 'ax', 0o600)
  }

  async finish(): Promise<Blob> {
    await this.close()
    // Reads from disk, piece by piece, when it is read.
    return openAsBlob(this.path)
  }

  private async close(): Promise<void> {
    const { handle } = this
    this.handle = null
    await handle?.close()
  }

  async remove(): Promise<void> {
    if (!paths.has(this.path)) return
    await this.close().catch(() => {})
    await unlink(this.path).catch(() => {})
    paths.delete(this.path)
    if (paths.size === 0) process.off('exit', unlinkAll)
  }
}
