import { tmpdir } from 'node:os'
import { type ErrorCode, LiverootError } from '../errors.ts'
import { fileMark } from '../protocol/argument-marks.ts'
import type { DownMessage, ErrorBody, Message } from '../protocol/messages.ts'
import { noUpload, uploadWindow } from '../protocol/uploads.ts'
import { describeError, type OnError, refusalOf } from './errors-out.ts'
import type { LiveLimits } from './limits.ts'
import { Upload, type UploadListener } from './upload.ts'

/** What uploads use of their session. */
export interface UploadHost {
  readonly limits: Readonly<
    Pick<LiveLimits, 'maxUploadBytes' | 'maxUploads' | 'maxUploadBytesPerSession' | 'uploadTimeoutMs'>
  >
  readonly onError: OnError
  /** Counts what was refused. */
  refused(code: ErrorCode): void
  send(message: DownMessage): void
}

/** The files that the browser of one session sends for the arguments of its calls. */
export class Uploads implements UploadListener {
  private readonly known = new Map<number, Upload>()
  private last = 0
  private closed = false
  private timer: NodeJS.Timeout | undefined

  /** @param directory where large files are kept meanwhile. */
  constructor(
    private readonly host: UploadHost,
    private readonly directory = tmpdir(),
  ) {}

  /** True while there is no file. */
  get idle(): boolean {
    return this.known.size === 0
  }

  /** The next bytes of a file. They are bytes, not text: the connection sees to that. */
  receive({ upload: id, size, body }: Message<'upload'>): void {
    this.restartTimer()
    // Ids only grow: a smaller one that is not known was refused or given up, and its bytes were on their way.
    const upload = id > this.last ? this.start(id, size) : this.known.get(id)
    if (upload === undefined) return
    const fits = upload.size === size && this.waiting < uploadWindow && upload.add(body as Uint8Array)
    if (!fits) this.refuse(id, new LiverootError('upload_lost', 'The file came otherwise than announced.'))
  }

  private start(id: number, size: number): Upload | undefined {
    this.last = id
    const refusal = this.whyNot(size)
    if (refusal !== null) return this.refuse(id, refusal)
    const upload = new Upload(id, size, this.directory, this)
    this.known.set(id, upload)
    return upload
  }

  /** Before any of it is stored: nobody should send a large file to hear that it is too large. */
  private whyNot(size: number): LiverootError | null {
    const { maxUploadBytes, maxUploads, maxUploadBytesPerSession } = this.host.limits
    if (size > maxUploadBytes) {
      const text = `A file of ${size} bytes is larger than \`maxUploadBytes\`, ${maxUploadBytes}.`
      return new LiverootError('upload_too_large', text)
    }
    let bytes = size
    for (const upload of this.known.values()) bytes += upload.size
    if (this.known.size < maxUploads && bytes <= maxUploadBytesPerSession) return null
    return new LiverootError('too_many_uploads')
  }

  private get waiting(): number {
    let pieces = 0
    for (const upload of this.known.values()) pieces += upload.waiting
    return pieces
  }

  stored({ id, storedBytes }: Upload): void {
    this.host.send({ type: 'uploaded', upload: id, bytes: storedBytes })
  }

  failed({ id }: Upload, error: unknown): void {
    this.end(id, describeError(error, 'upload_lost', this.host.onError))
  }

  private refuse(id: number, { code, message }: LiverootError): undefined {
    this.host.refused(code)
    this.end(id, refusalOf(code, message))
  }

  private end(id: number, body: ErrorBody): void {
    this.drop(id)
    this.host.send({ type: 'uploadError', upload: id, body: JSON.stringify(body) })
  }

  private drop(id: number): void {
    void this.known.get(id)?.drop()
    this.known.delete(id)
  }

  /** The browser does not want to send the rest, or to make the call. A file that a call has stays with it. */
  discard({ upload: id }: Message<'discard'>): void {
    const upload = this.known.get(id)
    if (upload?.call === null) this.drop(id)
  }

  /**
   * The file that a mark in the arguments of a call names. The call has it until {@link endCall}.
   *
   * @throws `bad_arguments` where the mark is none; `upload_lost` where the file is not here wholly, or was taken before:
   *   arguments that name one file a thousand times would be read into memory a thousand times.
   */
  take(call: number, mark: unknown): Blob {
    const [id, size, name, type, lastModified] = fieldsOf(mark)
    const parts = id === noUpload && size === 0 ? [] : [this.bytesOf(call, id, size)]
    if (name === null) return new Blob(parts, { type })
    return new File(parts, name, { type, ...(lastModified === null ? {} : { lastModified }) })
  }

  private bytesOf(call: number, id: number, size: number): Blob {
    const upload = this.known.get(id)
    if (upload?.blob == null || upload.size !== size || upload.call !== null)
      throw new LiverootError('upload_lost')
    upload.call = call
    return upload.blob
  }

  /** The call is over, and whatever it did with its files is done. */
  endCall(call: number): void {
    for (const upload of this.known.values()) if (upload.call === call) this.drop(upload.id)
  }

  private restartTimer(): void {
    if (this.closed) return
    this.timer ??= setTimeout(() => this.dropIdle(), this.host.limits.uploadTimeoutMs).unref()
    this.timer.refresh()
  }

  private dropIdle(): void {
    for (const { id, call } of this.known.values()) {
      if (call === null) this.refuse(id, new LiverootError('upload_lost', 'The file took too long.'))
    }
  }

  /** What was on the way is lost. */
  restart(): void {
    for (const { id, call } of [...this.known.values()]) if (call === null) this.drop(id)
  }

  /** The session is over. A call that is still running keeps its files. */
  close(): void {
    this.closed = true
    clearTimeout(this.timer)
    this.restart()
  }
}

type Fields = [id: number, size: number, name: string | null, type: string, lastModified: number | null]

function fieldsOf(mark: unknown): Fields {
  const own = typeof mark === 'object' && mark !== null && Object.hasOwn(mark, fileMark)
  const fields = own ? (mark as Record<string, unknown>)[fileMark] : undefined
  if (!Array.isArray(fields)) throw new LiverootError('bad_arguments')
  const [id, size, name, type, lastModified] = fields as unknown[]
  const ok =
    typeof id === 'number' &&
    typeof size === 'number' &&
    (name === null || typeof name === 'string') &&
    typeof type === 'string' &&
    (lastModified === null || typeof lastModified === 'number')
  if (!ok) throw new LiverootError('bad_arguments')
  return fields as Fields
}
