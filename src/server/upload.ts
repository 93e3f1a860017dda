import { uploadPieceBytes } from '../protocol/uploads.ts'
import { createSpool, type Spool } from './spool.ts'

/** What an upload tells of itself. */
export interface UploadListener {
  /** So many bytes are stored by now. */
  stored(upload: Upload): void
  /** They cannot be stored: the disk is full, for example. */
  failed(upload: Upload, error: unknown): void
}

/** One file on its way, or here. */
export class Upload {
  storedBytes = 0
  /** The file's bytes, once they are all stored. */
  blob: Blob | null = null
  /** The call that has the file. */
  call: number | null = null
  private readonly spool: Spool
  private readonly queue: Uint8Array[] = []
  private receivedBytes = 0
  private dropped = false
  private storing: Promise<void> | null = null

  constructor(
    readonly id: number,
    readonly size: number,
    directory: string,
    private readonly listener: UploadListener,
  ) {
    this.spool = createSpool(size, directory)
  }

  /** Pieces that came and are not stored yet. */
  get waiting(): number {
    return this.queue.length
  }

  /** Takes the next piece. False where it is not what must come next. */
  add(piece: Uint8Array): boolean {
    const next = Math.min(uploadPieceBytes, this.size - this.receivedBytes)
    if (next === 0 || piece.length !== next) return false
    this.receivedBytes += next
    this.queue.push(piece)
    this.storing ??= this.store()
    return true
  }

  private async store(): Promise<void> {
    try {
      for (let piece = this.queue[0]; piece !== undefined; piece = this.queue[0]) {
        await this.spool.write(piece)
        this.storedBytes += piece.length
        const blob = this.storedBytes === this.size ? await this.spool.finish() : null
        if (this.dropped) break
        this.queue.shift()
        this.blob = blob
        this.listener.stored(this)
      }
    } catch (error) {
      if (!this.dropped) this.listener.failed(this, error)
    }
    this.storing = null
  }

  /** Frees what the file takes. What is being read is read to its end. */
  async drop(): Promise<void> {
    this.dropped = true
    this.queue.length = 0
    await this.storing
    await this.spool.remove()
  }
}
