import { constants, writeSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'

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
    private file: FileHandle,
    /** The bytes of the file. */
    public size: number,
  ) {}

  /** Opens the file, or makes it, and hands its records to `read`. */
  static async open(path: string, read: (record: string) => void): Promise<RecordLog> {
    const file = await open(path, 'a+')
    const bytes = await file.readFile()
    const size = readRecords(bytes, read)
    if (size < bytes.length) await file.truncate(size)
    return new RecordLog(path, file, size)
  }

  /**
   * Adds records to the end. In this thread: the system takes a few kilobytes into its cache in less time than it takes to
   * have another thread do it, and every call waits for that.
   */
  async append(records: readonly string[]): Promise<void> {
    try {
      this.size += writeRecords(this.file, records)
    } catch (error) {
      // What comes after half a record would never be read.
      await this.file.truncate(this.size)
      throw error
    }
  }

  /** Makes the file anew, with these records only. A crash meanwhile, or a failure, leaves the one or the other. */
  async replace(records: Iterable<string>): Promise<void> {
    const fresh = `${this.path}.new`
    const file = await open(fresh, anew)
    try {
      const size = await writeAll(file, records)
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

/** Returns how many bytes they are. */
async function writeAll(file: FileHandle, records: Iterable<string>): Promise<number> {
  let size = 0
  let batch: string[] = []
  let pending = 0
  for (const record of records) {
    batch.push(record)
    pending += record.length
    if (pending < 1_048_576) continue
    size += await writeRecordsAside(file, batch)
    batch = []
    pending = 0
  }
  return size + (await writeRecordsAside(file, batch))
}

function writeRecords({ fd }: FileHandle, records: readonly string[]): number {
  if (records.length === 0) return 0
  const bytes = frameRecords(records)
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
  return bytes.length
}

/** Does not keep others waiting, however much it is. */
async function writeRecordsAside(file: FileHandle, records: readonly string[]): Promise<number> {
  if (records.length === 0) return 0
  const bytes = frameRecords(records)
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
  return bytes.length
}

function frameRecords(records: readonly string[]): Buffer {
  let length = 0
  for (const record of records) length += headerBytes + Buffer.byteLength(record)
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const record of records) {
    const start = at + headerBytes
    const size = bytes.write(record, start)
    bytes.writeUInt32LE(size, at)
    bytes.writeUInt32LE(crc32(bytes.subarray(start, start + size)), at + 4)
    at = start + size
  }
  return bytes
}

/** Reads up to the first record that is not whole. Returns where that is. */
function readRecords(bytes: Buffer, read: (record: string) => void): number {
  let at = 0
  while (at + headerBytes <= bytes.length) {
    const start = at + headerBytes
    const end = start + bytes.readUInt32LE(at)
    // No record is empty: zeros are none.
    if (
      end === start ||
      end > bytes.length ||
      bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(start, end))
    )
      break
    read(bytes.toString('utf8', start, end))
    at = end
  }
  return at
}
