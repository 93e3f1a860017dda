import { constants, ftruncateSync, writeSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { LiverootError } from '../errors.ts'

const headerBytes = 8
/** Always at the end, also after half a record was cut off: anywhere else there would be zeros before it. */
const anew = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND

/**
 * A file of records, each with its length and a checksum, that only grows. What is written is there after a crash of the
 * process; a record that was being written then is found out, and cut off, and so are the zeros that a crash of the
 * machine may leave at the end.
 */
export class RecordLog {
  private constructor(
    private readonly path: string,
    private readonly format: string,
    private file: FileHandle,
    /** The bytes of the file. */
    public size: number,
  ) {}

  /**
   * Opens the file, or makes it, and hands its records to `read`. It has none before it is made anew by `replace`: then
   * the first says of what `format` the others are.
   *
   * @throws `store_of_other_format`; the file is as it was.
   */
  static async open(path: string, format: string, read: (record: string) => void): Promise<RecordLog> {
    const file = await open(path, 'a+')
    try {
      const { size } = await file.stat()
      const end = await readFile(path, format, new PieceReader(file, size), read)
      if (end < size) await file.truncate(end)
      return new RecordLog(path, format, file, end)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /**
   * Adds a record to the end. In this thread: the system takes a few kilobytes into its cache in less time than it takes to
   * have another thread do it, and every call waits for that.
   */
  append(record: string): void {
    const size = sizeOf([record])
    // It is not kept: nobody else writes meanwhile.
    const bytes = size <= scratch.length ? scratch : Buffer.allocUnsafe(size)
    const length = frameRecord(record, bytes, 0)
    try {
      for (let at = 0; at < length; ) at += writeSync(this.file.fd, bytes, at, length - at)
      this.size += length
    } catch (error) {
      // What comes after half a record would never be read.
      ftruncateSync(this.file.fd, this.size)
      throw error
    }
  }

  /** Makes the file anew, with these records only. A crash meanwhile, or a failure, leaves the one or the other. */
  async replace(records: Iterable<string>): Promise<void> {
    const fresh = `${this.path}.new`
    const file = await open(fresh, anew)
    try {
      const size = await writeAll(file, concat([this.format], records))
      await file.datasync()
      await rename(fresh, this.path)
      this.size = size
    } catch (error) {
      // A disk that is full shall not be fuller for it.
      await file.close()
      await rm(fresh, { force: true })
      throw error
    }
    const former = this.file
    this.file = file
    await former.close().catch(() => {})
    await syncFolder(dirname(this.path))
  }

  /** Brings what was written to the disk, for the case that the machine fails. */
  sync(): Promise<void> {
    return this.file.datasync()
  }

  close(): Promise<void> {
    return this.file.close()
  }
}

/** Brings to the disk which file has the name. Not every system can be asked. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null)
  await folder?.sync().catch(() => {})
  await folder?.close()
}

/** How much is written in one go. */
const batchLength = 1_048_576

/** Does not keep others waiting, however much it is. Returns how many bytes it was. */
async function writeAll(file: FileHandle, records: Iterable<string>): Promise<number> {
  let size = 0
  let batch: string[] = []
  let pending = 0
  const write = async () => {
    const bytes = Buffer.allocUnsafe(sizeOf(batch))
    let length = 0
    for (const record of batch) length = frameRecord(record, bytes, length)
    for (let at = 0; at < length; ) at += (await file.write(bytes, at, length - at)).bytesWritten
    size += length
    batch = []
    pending = 0
  }
  for (const record of records) {
    batch.push(record)
    pending += record.length
    if (pending >= batchLength) await write()
  }
  await write()
  return size
}

/** What goes into the file in one go is nearly always less. */
const scratch = Buffer.allocUnsafe(65_536)

/** No UTF-8 is longer than three bytes for each of a text's units. */
const bytesPerUnit = 3

/** How much room the records need at most. */
function sizeOf(records: readonly string[]): number {
  let size = 0
  for (const record of records) size += headerBytes + bytesPerUnit * record.length
  return size
}

/** Puts a record into the bytes at a place. Returns where it ends. */
function frameRecord(record: string, bytes: Buffer, at: number): number {
  const start = at + headerBytes
  const size = bytes.write(record, start)
  bytes.writeUInt32LE(size, at)
  bytes.writeUInt32LE(crc32(bytes.subarray(start, start + size)), at + 4)
  return start + size
}

function* concat<T>(...parts: readonly Iterable<T>[]): Iterable<T> {
  for (const part of parts) yield* part
}

async function readFile(
  path: string,
  format: string,
  bytes: PieceReader,
  read: (record: string) => void,
): Promise<number> {
  let found: string | null = null
  const end = await readRecords(bytes, (record) => {
    // A file of somebody else is not read on.
    if (found === null) found = record
    else if (found === format) read(record)
  })
  if (bytes.size === 0 || found === format) return end
  throw new LiverootError(
    'store_of_other_format',
    `${path} is no file of this version of Liveroot (${format}). Give another path, or move that file away.`,
  )
}

/** Reads up to the first record that is not whole. Returns where that is. */
async function readRecords(bytes: PieceReader, read: (record: string) => void): Promise<number> {
  for (let at = 0; ; ) {
    const header = await bytes.at(at, headerBytes)
    if (header === null) return at
    const [size, sum] = [header.readUInt32LE(0), header.readUInt32LE(4)]
    const record = await bytes.at(at + headerBytes, size)
    // No record is empty: zeros are none.
    if (size === 0 || record === null || crc32(record) !== sum) return at
    read(record.toString())
    at += headerBytes + size
  }
}

/** How much of a file is read in one go, where no record is larger. */
const pieceBytes = 16_777_216

/** Reads a file from its start on: it may be larger than any buffer. */
class PieceReader {
  private piece = Buffer.alloc(0)
  private start = 0

  constructor(
    private readonly file: FileHandle,
    readonly size: number,
  ) {}

  /** Null where the file ends before. Good until the next call. */
  async at(place: number, length: number): Promise<Buffer | null> {
    if (place + length > this.size) return null
    if (place + length > this.start + this.piece.length) await this.load(place, Math.max(length, pieceBytes))
    const from = place - this.start
    return this.piece.length < from + length ? null : this.piece.subarray(from, from + length)
  }

  private async load(place: number, length: number): Promise<void> {
    const piece = Buffer.allocUnsafe(Math.min(length, this.size - place))
    let filled = 0
    for (let read = -1; read !== 0 && filled < piece.length; filled += read) {
      read = (await this.file.read(piece, filled, piece.length - filled, place + filled)).bytesRead
    }
    this.start = place
    this.piece = piece.subarray(0, filled)
  }
}
