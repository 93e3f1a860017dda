import { LiverootError } from '../errors.ts'
import { fileMark } from '../protocol/argument-marks.ts'
import type { Message, UpMessage } from '../protocol/messages.ts'
import { type FileMark, noUpload, uploadPieceBytes, uploadWindow } from '../protocol/uploads.ts'
import { errorFrom } from './errors.ts'
import type { OnUploadProgress } from './upload-progress.ts'

/** More than this in the socket's own buffer, and a click would wait behind it. */
const socketBufferBytes = 131_072

/** What uploads use of the connection. */
export interface UploadSocket {
  readonly isOpen: boolean
  /** Bytes that were sent and that the network has not taken yet. */
  readonly bufferedBytes: number
}

interface Upload {
  /** Another after a restart. */
  id: number
  readonly blob: Blob
  /** False when the call that it is for was given up. */
  readonly isWanted: () => boolean
  sentPieces: number
  confirmedBytes: number
  /** Settles when the server has it all, or will not. */
  done: Promise<void>
  progressed(confirmedBytes: number): void
  resolve(): void
  reject(error: unknown): void
}

/** The files on their way to the server. They take turns, a piece each. */
export class Uploads {
  /** In the order of their turns. */
  private readonly turns = new Map<number, Upload>()
  /** The files of calls, as long as not all of one call are there. */
  private readonly groups = new Set<readonly Upload[]>()
  private restarts = 0
  private last = 0
  private sending = false

  constructor(
    private readonly socket: UploadSocket,
    private readonly post: (message: UpMessage) => void,
  ) {}

  /**
   * Sends the files of one call. Where one fails the others are given up.
   *
   * @param isWanted false when the call was given up: then nothing more is sent.
   * @returns what stands for each in the arguments, once the server has them all.
   */
  async sendAll(
    blobs: readonly Blob[],
    onProgress?: OnUploadProgress,
    isWanted: () => boolean = () => true,
  ): Promise<FileMark[]> {
    const report = reporter(blobs, onProgress)
    const group = blobs.map((blob, i) => makeUpload(blob, isWanted, (bytes) => report(i, bytes)))
    this.groups.add(group)
    for (const upload of group) this.begin(upload)
    try {
      for (let restarts = -1; restarts !== this.restarts; ) {
        restarts = this.restarts
        await Promise.all(group.map(({ done }) => done))
      }
      return group.map(({ id, blob }) => markOf(id, blob))
    } catch (error) {
      for (const { id } of group) if (id !== noUpload) this.discard(id, error)
      throw error
    } finally {
      this.groups.delete(group)
    }
  }

  /** From its first byte. */
  private begin(upload: Upload): void {
    Object.assign(upload, deferred(), { sentPieces: 0, confirmedBytes: 0 })
    if (upload.blob.size === 0) return upload.resolve()
    upload.id = ++this.last
    this.turns.set(upload.id, upload)
    void this.pump()
  }

  /** The server has lost what it had. */
  restart(): void {
    this.restarts++
    this.turns.clear()
    for (const group of this.groups) {
      for (const upload of group) {
        // Whoever waits for a part of it waits for all the more.
        const { resolve, reject } = upload
        this.begin(upload)
        upload.done.then(resolve, reject)
      }
    }
  }

  /** There is a connection again. */
  goOn(): void {
    void this.pump()
  }

  /** The server has stored so many bytes of a file. */
  uploaded({ upload: id, bytes }: Message<'uploaded'>): void {
    const upload = this.turns.get(id)
    if (upload === undefined) return
    if (!upload.isWanted()) return this.discard(id, new LiverootError('connection_lost'))
    upload.confirmedBytes = bytes
    upload.progressed(bytes)
    if (bytes >= upload.blob.size) {
      this.turns.delete(id)
      upload.resolve()
    }
    void this.pump()
  }

  /** The server does not want a file, or has lost it. */
  refused({ upload: id, body }: Message<'uploadError'>): void {
    this.end(id, errorFrom(body))
    void this.pump()
  }

  /** The session is over, and what the server had with it. */
  lost(): void {
    for (const id of [...this.turns.keys()]) this.end(id, new LiverootError('connection_lost'))
  }

  /** The server may forget what it has of the file, also where it has all. */
  private discard(id: number, error: unknown): void {
    this.post({ type: 'discard', upload: id })
    this.end(id, error)
  }

  private end(id: number, error: unknown): void {
    const upload = this.turns.get(id)
    this.turns.delete(id)
    upload?.reject(error)
  }

  private async pump(): Promise<void> {
    if (this.sending) return
    this.sending = true
    for (let upload = this.next(); upload !== undefined; upload = this.next()) await this.sendPiece(upload)
    this.sending = false
  }

  /** Whose turn it is; nobody's while the window is full: the next confirmation goes on. */
  private next(): Upload | undefined {
    if (!this.socket.isOpen) return undefined
    let unconfirmed = 0
    let first: Upload | undefined
    for (const upload of this.turns.values()) {
      unconfirmed += upload.sentPieces - Math.ceil(upload.confirmedBytes / uploadPieceBytes)
      if (first === undefined && upload.sentPieces < Math.ceil(upload.blob.size / uploadPieceBytes))
        first = upload
    }
    if (unconfirmed >= uploadWindow) return undefined
    return unconfirmed > 0 && this.socket.bufferedBytes > socketBufferBytes ? undefined : first
  }

  private async sendPiece(upload: Upload): Promise<void> {
    const { id, blob } = upload
    if (!upload.isWanted()) return this.discard(id, new LiverootError('connection_lost'))
    this.turns.delete(id)
    this.turns.set(id, upload)
    const start = upload.sentPieces * uploadPieceBytes
    const piece = blob.slice(start, start + uploadPieceBytes)
    upload.sentPieces++
    try {
      const body = new Uint8Array(await read(piece))
      if (body.length !== piece.size) throw new Error('The file has another length now.')
      // It may have been refused meanwhile.
      if (this.turns.has(id)) this.post({ type: 'upload', upload: id, size: blob.size, body })
    } catch (cause) {
      if (this.turns.has(id)) this.discard(id, unreadable(blob, cause))
    }
  }
}

function makeUpload(blob: Blob, isWanted: () => boolean, progressed: Upload['progressed']): Upload {
  return { id: noUpload, blob, isWanted, sentPieces: 0, confirmedBytes: 0, progressed, ...deferred() }
}

function deferred(): Pick<Upload, 'done' | 'resolve' | 'reject'> {
  let resolve: Upload['resolve'] = () => {}
  let reject: Upload['reject'] = () => {}
  const done = new Promise<void>((settle, fail) => {
    resolve = settle
    reject = fail
  })
  // It may fail when nobody waits for it any more.
  done.catch(() => {})
  return { done, resolve, reject }
}

function markOf(id: number, blob: Blob): FileMark {
  const { name, lastModified } = blob as Partial<File>
  return { [fileMark]: [id, blob.size, name ?? null, blob.type, lastModified ?? null] }
}

function unreadable(blob: Blob, cause: unknown): LiverootError {
  const { name } = blob as Partial<File>
  return new LiverootError('upload_lost', `${name ?? 'A Blob'} cannot be read (any more).`, { cause })
}

/** Some test environments have blobs without `arrayBuffer`. */
function read(blob: Blob): Promise<ArrayBuffer> {
  if (typeof blob.arrayBuffer === 'function') return blob.arrayBuffer()
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as ArrayBuffer)
    reader.onerror = () => reject(reader.error)
    reader.readAsArrayBuffer(blob)
  })
}

/** Sums up what is confirmed of each file. */
function reporter(blobs: readonly Blob[], onProgress?: OnUploadProgress): (i: number, bytes: number) => void {
  if (onProgress === undefined) return () => {}
  const totalBytes = blobs.reduce((sum, { size }) => sum + size, 0)
  const confirmed = blobs.map(() => 0)
  let sentBytes = 0
  const report = () =>
    onProgress({ sentBytes, totalBytes, fraction: totalBytes === 0 ? 1 : sentBytes / totalBytes })
  if (blobs.length > 0) report()
  return (i, bytes) => {
    sentBytes += bytes - (confirmed[i] as number)
    confirmed[i] = bytes
    report()
  }
}
