import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { fallsTo, heldBytes } from '../../tests/support/memory.ts'
import { until } from '../../tests/support/until.ts'
import { bytesOf, temporaryFiles } from '../../tests/uploads/pipe.ts'
import type { DownMessage } from '../protocol/messages.ts'
import { uploadPieceBytes, uploadWindow } from '../protocol/uploads.ts'
import { defaultLimits, type LiveLimits } from './limits.ts'
import { memorySpoolBytes } from './spool.ts'
import { Uploads } from './uploads.ts'

const onDisk = memorySpoolBytes + 1

function setUp(limits: Partial<LiveLimits> = {}, directory?: string) {
  const sent: DownMessage[] = []
  const refused: string[] = []
  const logged: unknown[] = []
  const uploads = new Uploads(
    {
      limits: { ...defaultLimits, ...limits },
      onError: (error) => void logged.push(error),
      refused: (code) => void refused.push(code),
      send: (message) => void sent.push(message),
    },
    directory,
  )
  const receive = (upload: number, size: number, body: Uint8Array) =>
    uploads.receive({ type: 'upload', upload, size, body })
  const stored = (id: number, bytes: number) =>
    until(() =>
      sent.some((message) => message.type === 'uploaded' && message.upload === id && message.bytes === bytes),
    )
  return {
    uploads,
    sent,
    refused,
    logged,
    receive,
    /** Sends a whole file, a piece after the other. */
    async whole(id: number, bytes: Uint8Array) {
      for (let start = 0; start < bytes.length; start += uploadPieceBytes) {
        const piece = bytes.subarray(start, start + uploadPieceBytes)
        receive(id, bytes.length, piece)
        await stored(id, start + piece.length)
      }
    },
    /** The codes that were answered, by upload. */
    errors: () =>
      sent.flatMap((message) =>
        message.type === 'uploadError' ? [[message.upload, JSON.parse(String(message.body)).code]] : [],
      ),
  }
}

const mark = (...fields: unknown[]) => ({ '@file': fields })
const markOf = (id: number, size: number) => mark(id, size, 'a.bin', '', 5)

/** The code that taking a mark is refused with. */
function codeOf(take: () => unknown): string | undefined {
  try {
    take()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'taken'
}

describe('limits', () => {
  test('a file larger than maxUploadBytes is refused at its first bytes', () => {
    const { receive, errors, refused, sent } = setUp({ maxUploadBytes: 100_000 })
    receive(1, 100_001, new Uint8Array(uploadPieceBytes))
    receive(1, 100_001, new Uint8Array(uploadPieceBytes))
    expect(errors()).toEqual([[1, 'upload_too_large']])
    expect(refused).toEqual(['upload_too_large'])
    expect(sent).toHaveLength(1)
  })

  test('a file over maxUploads is refused; then one that is discarded makes room', async () => {
    const { uploads, whole, receive, errors } = setUp({ maxUploads: 2 })
    await whole(1, new Uint8Array(5))
    receive(2, 100_000, new Uint8Array(uploadPieceBytes))
    receive(3, 5, new Uint8Array(5))
    expect(errors()).toEqual([[3, 'too_many_uploads']])
    uploads.discard({ type: 'discard', upload: 2 })
    await whole(4, new Uint8Array(5))
    expect(errors()).toHaveLength(1)
    uploads.close()
  })

  test('files over maxUploadBytesPerSession are refused, those that a call has counted; then its end makes room', async () => {
    const { uploads, whole, receive, errors } = setUp({ maxUploadBytesPerSession: 100_000 })
    await whole(1, new Uint8Array(60_000))
    uploads.take(7, markOf(1, 60_000))
    receive(2, 40_001, new Uint8Array(uploadPieceBytes))
    expect(errors()).toEqual([[2, 'too_many_uploads']])
    uploads.endCall(7)
    await whole(3, new Uint8Array(100_000))
    uploads.close()
  })

  test('files that stop coming are dropped after uploadTimeoutMs; one that a call has stays', async () => {
    const { uploads, receive, errors } = setUp({ uploadTimeoutMs: 50 })
    receive(1, 5, new Uint8Array(5))
    receive(2, 5, new Uint8Array(5))
    receive(3, onDisk, new Uint8Array(uploadPieceBytes))
    // The small ones are stored without a turn of the event loop, in which the time could run out.
    for (let i = 0; i < 20; i++) await null
    const file = uploads.take(1, markOf(1, 5))
    await until(() => errors().length === 2 && temporaryFiles().length === 0)
    expect(errors()).toEqual([
      [2, 'upload_lost'],
      [3, 'upload_lost'],
    ])
    expect(codeOf(() => uploads.take(2, markOf(2, 5)))).toBe('upload_lost')
    expect((await bytesOf(file)).length).toBe(5)
    uploads.close()
  })
})

describe('temporary files', () => {
  test('a small file has none; a large one can be read by nobody else, and goes with the end of its call', async () => {
    const { uploads, whole } = setUp()
    await whole(1, new Uint8Array(memorySpoolBytes))
    expect(temporaryFiles()).toEqual([])
    const bytes = randomBytes(onDisk)
    await whole(2, bytes)
    expect(temporaryFiles()).toHaveLength(1)
    const path = join(tmpdir(), temporaryFiles()[0] as string)
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    const file = uploads.take(1, markOf(2, onDisk)) as File
    expect((await bytesOf(file)).equals(bytes)).toBe(true)
    const part = file.slice(100_000, 200_000)
    expect(
      (await bytesOf(new Blob(['<', part, '>']))).subarray(1, -1).equals(bytes.subarray(100_000, 200_000)),
    ).toBe(true)
    uploads.endCall(1)
    await until(() => temporaryFiles().length === 0)
    await expect(file.arrayBuffer()).rejects.toMatchObject({ name: 'NotReadableError' })
    uploads.close()
  })

  test('what is being read when the call ends is read to its end', async () => {
    const { uploads, whole } = setUp()
    await whole(1, new Uint8Array(onDisk))
    const reader = (uploads.take(1, markOf(1, onDisk)) as File).stream().getReader()
    let length = (await reader.read()).value?.length ?? 0
    uploads.endCall(1)
    await until(() => temporaryFiles().length === 0)
    for (let part = await reader.read(); !part.done; part = await reader.read()) length += part.value.length
    expect(length).toBe(onDisk)
  })

  test('the end of the session removes all but those that a running call has', async () => {
    const { uploads, whole, receive } = setUp()
    await whole(1, new Uint8Array(onDisk))
    await whole(2, new Uint8Array(onDisk))
    receive(3, onDisk, new Uint8Array(uploadPieceBytes))
    const file = uploads.take(1, markOf(2, onDisk))
    uploads.close()
    await until(() => temporaryFiles().length === 1)
    expect((await bytesOf(file)).length).toBe(onDisk)
    uploads.endCall(1)
    await until(() => temporaryFiles().length === 0)
  })

  test('a disk that takes no bytes loses the file, and the application hears of it', async () => {
    const { uploads, receive, whole, errors, logged } = setUp({}, '/dev/null/no-directory')
    receive(1, onDisk, new Uint8Array(uploadPieceBytes))
    await until(() => errors().length === 1)
    expect(errors()).toEqual([[1, 'upload_lost']])
    expect(logged).toMatchObject([{ code: 'ENOTDIR' }])
    await whole(2, new Uint8Array(memorySpoolBytes))
    uploads.close()
  })
})

describe('a hostile browser', () => {
  const first = new Uint8Array(uploadPieceBytes)
  test.each<[string, (receive: (id: number, size: number, body: Uint8Array) => void) => void]>([
    ['another size later', (receive) => receive(1, 99_999, first)],
    ['a piece that is too small', (receive) => receive(1, 100_000, new Uint8Array(10))],
    ['a piece that is too large', (receive) => receive(1, 100_000, new Uint8Array(uploadPieceBytes + 1))],
    ['an empty piece', (receive) => receive(1, 100_000, new Uint8Array(0))],
    [
      'more bytes than it said',
      (receive) => {
        for (let i = 0; i < 3; i++) receive(1, 100_000, first)
        receive(1, 100_000, first)
      },
    ],
  ])('%s: the file is lost, and no other', async (_, breach) => {
    const { uploads, receive, whole, errors, refused } = setUp()
    receive(1, 100_000, first)
    breach(receive)
    receive(1, 100_000, first)
    expect(errors()).toEqual([[1, 'upload_lost']])
    expect(refused).toEqual(['upload_lost'])
    await whole(2, new Uint8Array(70_000))
    expect(uploads.take(1, markOf(2, 70_000)).size).toBe(70_000)
    uploads.close()
  })

  test('whoever does not wait for confirmations loses the file; a window of bytes at most is kept', () => {
    const { uploads, receive, errors } = setUp()
    const size = 10_000_000
    for (let i = 0; i < uploadWindow; i++) receive(1 + (i % 2), size, first)
    expect(errors()).toEqual([])
    receive(1, size, first)
    expect(errors()).toEqual([[1, 'upload_lost']])
    uploads.close()
  })

  test('ids that are huge, used before, refused, given up or never seen are ignored', async () => {
    const { uploads, receive, sent, whole } = setUp()
    const huge = Number.MAX_SAFE_INTEGER
    await whole(5, new Uint8Array(3))
    uploads.discard({ type: 'discard', upload: 5 })
    await whole(huge, new Uint8Array(onDisk))
    const file = uploads.take(1, markOf(huge, onDisk))
    sent.length = 0
    for (const id of [0, 1, 5]) receive(id, 3, new Uint8Array(3))
    for (const id of [0, 1, 5, 77]) uploads.discard({ type: 'discard', upload: id })
    await sleep(5)
    expect(sent).toEqual([])
    // A call has it.
    uploads.discard({ type: 'discard', upload: huge })
    await sleep(5)
    expect((await bytesOf(file)).length).toBe(onDisk)
    uploads.endCall(1)
    await until(() => temporaryFiles().length === 0)
  })

  test('marks that name what is not here, not whole, of another size or taken before are refused', async () => {
    const { uploads, receive, whole } = setUp()
    await whole(1, new Uint8Array(3))
    receive(2, 100_000, first)
    const code = (...fields: unknown[]) => codeOf(() => uploads.take(1, mark(...fields, 'a', '', 5)))
    for (const fields of [
      [2, 100_000],
      [3, 3],
      [1, 4],
      [0, 3],
      [-1, 3],
      [1.5, 3],
    ]) {
      expect(code(...fields)).toBe('upload_lost')
    }
    expect(codeOf(() => uploads.take(8, markOf(1, 3)))).toBe('taken')
    for (const call of [8, 9]) expect(codeOf(() => uploads.take(call, markOf(1, 3)))).toBe('upload_lost')
    const other = setUp()
    expect(codeOf(() => other.uploads.take(1, markOf(1, 3)))).toBe('upload_lost')
    uploads.close()
  })

  test('whatever stands as a mark, it is a file, bad_arguments or upload_lost', async () => {
    const { uploads, whole } = setUp()
    await whole(1, new Uint8Array(3))
    const field = fc.oneof(fc.constantFrom<unknown>(1, 3, 'a', '', null), fc.jsonValue())
    const anyMark = fc.oneof(
      fc.jsonValue(),
      fc.array(field).map((fields) => mark(...fields)),
      fc.tuple(field, field, field).map((fields) => mark(1, 3, ...fields)),
      fc
        .constantFrom('__proto__', 'constructor', 'toString')
        .map((name) => ({ [name]: mark(1, 3, 'a', '', 5) })),
    )
    fc.assert(
      fc.property(anyMark, (value) => {
        expect(['bad_arguments', 'upload_lost', 'taken']).toContain(codeOf(() => uploads.take(1, value)))
      }),
    )
    expect(codeOf(() => uploads.take(1, Object.create(markOf(1, 3))))).toBe('bad_arguments')
    uploads.close()
  })
})

describe('memory', () => {
  test('a file of 50 MB is not held in it, neither while it comes nor while it is read', async () => {
    const size = 50_000_000
    const { uploads, receive, sent } = setUp({ maxUploadBytes: size })
    const enough = heldBytes() + size / 4
    for (let start = 0; start < size; start += uploadPieceBytes) {
      receive(1, size, Buffer.alloc(Math.min(uploadPieceBytes, size - start), start % 251))
      await until(() => sent.length > 0)
      sent.length = 0
    }
    await fallsTo(enough)
    let read = 0
    for await (const part of (uploads.take(1, markOf(1, size)) as File).stream()) {
      read += part.length
      if (read === size) await fallsTo(enough)
    }
    expect(read).toBe(size)
    uploads.endCall(1)
    await until(() => temporaryFiles().length === 0)
  })
})
