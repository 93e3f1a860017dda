import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type { UploadProgress } from '../../src/client/upload-progress.ts'
import { uploadPieceBytes, uploadWindow } from '../../src/protocol/uploads.ts'
import { memorySpoolBytes } from '../../src/server/spool.ts'
import { until } from '../live-tree/support.ts'
import { bytesOf, openPipe, temporaryFiles } from './pipe.ts'

const edges = [0, 1, uploadPieceBytes, memorySpoolBytes, uploadWindow * uploadPieceBytes]
const anySize = fc.oneof(
  fc.nat(100_000),
  fc.nat(2_000_000),
  fc.constantFrom(...edges.flatMap((size) => [size, size + 1])),
)
const anyFile = fc.record({
  size: anySize,
  name: fc.option(fc.string({ unit: 'binary' })),
  type: fc.constantFrom('', 'text/plain', 'image/png'),
  lastModified: fc.nat(),
})

test('files of any size, several calls at once, arrive as they were; the window is kept and nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyFile, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      async (calls) => {
        const { client, server, mostUnconfirmed } = openPipe()
        await Promise.all(
          calls.map(async (files, call) => {
            const sent = files.map(({ size, name, type, lastModified }) => {
              const bytes = randomBytes(size)
              return name === null
                ? new Blob([bytes], { type })
                : new File([bytes], name, { type, lastModified })
            })
            const marks = await client.sendAll(sent)
            for (const [i, mark] of marks.entries()) {
              const original = sent[i] as File
              const file = server.take(call, JSON.parse(JSON.stringify(mark))) as File
              expect([file.size, file.name, file.type]).toEqual([original.size, original.name, original.type])
              if (original.name !== undefined) expect(file.lastModified).toBe(original.lastModified)
              expect((await bytesOf(file)).equals(await bytesOf(original))).toBe(true)
            }
            server.endCall(call)
          }),
        )
        expect(mostUnconfirmed()).toBeLessThanOrEqual(uploadWindow)
        await until(() => temporaryFiles().length === 0)
      },
    ),
    { numRuns: 25 },
  )
})

test('the window is used to its end', async () => {
  const { client, mostUnconfirmed, server } = openPipe()
  await client.sendAll([new Blob([new Uint8Array(4_000_000)])])
  expect(mostUnconfirmed()).toBe(uploadWindow)
  server.close()
})

test('files take turns: a small one does not wait for a large one', async () => {
  const { client, server, up } = openPipe()
  const large = client.sendAll([new Blob([new Uint8Array(6_000_000)])])
  await client.sendAll([new Blob(['small'])])
  expect(up.length).toBeLessThan(2 * uploadWindow)
  await large
  server.close()
})

test('while the socket is full only one piece is under way', async () => {
  const { client, server, mostUnconfirmed } = openPipe({}, () => 1_000_000)
  await client.sendAll([new Blob([new Uint8Array(300_000)])])
  expect(mostUnconfirmed()).toBe(1)
  server.close()
})

test('progress counts what the server has stored, over all files of the call, and never goes back', async () => {
  const { client, server } = openPipe()
  const heard: UploadProgress[] = []
  const files = [new Blob([new Uint8Array(100_000)]), new Blob([]), new Blob([new Uint8Array(50_000)])]
  await client.sendAll(files, (progress) => heard.push(progress))
  expect(heard[0]).toEqual({ sentBytes: 0, totalBytes: 150_000, fraction: 0 })
  expect(heard.at(-1)).toEqual({ sentBytes: 150_000, totalBytes: 150_000, fraction: 1 })
  expect(heard.length).toBe(7)
  for (const [i, { sentBytes }] of heard.entries())
    expect(sentBytes).toBeGreaterThanOrEqual(heard[i - 1]?.sentBytes ?? 0)
  server.close()
})

test('a file that is too large is refused before more than the window of it was sent, and the call’s others are given up', async () => {
  const { client, server, up, refused } = openPipe({ maxUploadBytes: 1_000_000 })
  const files = [new Blob([new Uint8Array(500_000)]), new Blob([new Uint8Array(50_000_000)])]
  await expect(client.sendAll(files)).rejects.toMatchObject({ code: 'upload_too_large' })
  expect(refused).toEqual(['upload_too_large'])
  await until(() => up.filter(({ type }) => type === 'discard').length === 2)
  expect(up.length).toBeLessThan(uploadWindow + 3)
  // The next upload has the whole window and all of the room.
  const [mark] = await client.sendAll([new Blob([new Uint8Array(1_000_000)])])
  expect(server.take(1, mark).size).toBe(1_000_000)
  server.endCall(1)
  await until(() => temporaryFiles().length === 0)
})

test('a file that cannot be read any more is given up on both sides', async () => {
  const { client, up } = openPipe()
  const broken = new File([new Uint8Array(100_000)], 'notes.txt')
  const gone = () => ({ size: uploadPieceBytes, arrayBuffer: () => Promise.reject(new Error('gone')) })
  broken.slice = ((start: number, end: number) =>
    start === 0 ? new Blob([broken]).slice(start, end) : gone()) as never
  await expect(client.sendAll([broken])).rejects.toMatchObject({
    code: 'upload_lost',
    message: 'notes.txt cannot be read (any more).',
  })
  await until(() => up.at(-1)?.type === 'discard')
})

test('a lost connection rejects what was on its way', async () => {
  const { client, server } = openPipe()
  const sent = client.sendAll([new Blob([new Uint8Array(5_000_000)])])
  setTimeout(() => client.lost(), 2)
  await expect(sent).rejects.toMatchObject({ code: 'connection_lost' })
  server.close()
  await until(() => temporaryFiles().length === 0)
})

test('a blob without arrayBuffer is read by a FileReader', async () => {
  const { client, server } = openPipe()
  const { testWindow } = await import('../support/dom.ts')
  Object.assign(globalThis, { FileReader: testWindow.FileReader })
  const [mark] = await client.sendAll([new testWindow.File(['of the DOM'], 'dom.txt') as unknown as Blob])
  const file = server.take(1, mark) as File
  expect([file.name, await file.text()]).toEqual(['dom.txt', 'of the DOM'])
  server.close()
})
