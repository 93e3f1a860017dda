import { route } from 'liveroot/server'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import { uploadPieceBytes } from '../../src/protocol/uploads.ts'
import { repeat } from './arena.ts'
import { openScene, type Scene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

const ran: unknown[] = []

function App() {
  return <button onClick={(async (file: Blob) => void ran.push(await file.text())) as never} />
}

let scene: Scene
let peer: Peer
let last = 0

beforeEach(async () => {
  ran.length = 0
  scene = await openScene({ routes: [route('/app', App)] })
  peer = await Peer.open(scene.port)
  await peer.mount(1, '/app')
})

afterEach(async () => {
  peer.end()
  await scene.end()
})

function piece(upload: number, size: number, text: string): Uint8Array {
  return Buffer.from(`b${upload},${size}\n${text}`)
}

/** Calls the handler with the parts of a reply, and waits for the answer. */
function call(file: unknown, from: Peer = peer): Promise<string> {
  const body = JSON.stringify({ 0: '["$B1"]', 1: file })
  const n = ++last
  return from.ask(
    `c${n},1,1,1\n0.onClick\n${body}`,
    (message) => /^[ry]/.test(message) && message.slice(1).startsWith(`${n},`),
  )
}

const mark = (upload: unknown, size: unknown) => ({ '@file': [upload, size, 'a.txt', 'text/plain', 5] })

test.each<[string, string | Uint8Array]>([
  ['a call in bytes', Buffer.from('c1,1,1,1\n0.onClick')],
  ['a ping in bytes', Buffer.from('p')],
  ['a file in text', 'b1,5\nbytes'],
  ['a file without a size', Buffer.from('b1\nbytes')],
  ['a file without bytes', Buffer.from('b1,5')],
  ['a file of a negative size', Buffer.from('b1,-5\nbytes')],
  ['a discard in bytes', Buffer.from('o1')],
  ['a discard with a body', 'o1\nbody'],
  ['bytes that are nothing', new Uint8Array(300).fill(255)],
])('%s closes the connection with bad_frame', async (_, message) => {
  peer.send(message)
  expect(await peer.closing()).toMatchObject({ code: closeCodes.bad_frame, refusal: 'bad_frame' })
})

test('a file arrives in the arguments of the call that names it', async () => {
  peer.send(piece(1, 5, 'hello'))
  expect(await peer.next((message) => message.startsWith('k'))).toBe('k1,5')
  expect((await call(mark(1, 5)))[0]).toBe('r')
  expect(ran).toEqual(['hello'])
})

test.each<[string, unknown]>([
  ['a file that was never sent', mark(9, 5)],
  ['a file that is not whole', mark(2, 90_000)],
  ['another session’s file', mark(1, 7)],
])('a call that names %s is refused with upload_lost', async (_, file) => {
  const other = await Peer.open(scene.port)
  other.send(piece(1, 7, 'private'))
  await other.next((message) => message.startsWith('k1,7'))
  peer.send(piece(2, 90_000, 'x'.repeat(uploadPieceBytes)))
  expect(codeOf(await call(file))).toBe('upload_lost')
  expect(ran).toEqual([])
  other.end()
})

test.each<[string, unknown]>([
  ['no mark', { file: 1 }],
  ['a number', 7],
  ['null', null],
  ['a mark without fields', { '@file': null }],
  ['a mark with fields of other types', { '@file': ['1', 5, 'a', 'b', 5] }],
])('a call with %s in the place of a file is refused with bad_arguments', async (_, file) => {
  expect(codeOf(await call(file))).toBe('bad_arguments')
})

const whole = 'x'.repeat(uploadPieceBytes)

test.each<[string, readonly Uint8Array[]]>([
  ['a last piece that is too long', [piece(1, 5, 'longer')]],
  ['a last piece that is too short', [piece(1, 5, 'shor')]],
  ['a first piece that is too short', [piece(1, 90_000, 'short')]],
  ['pieces after the last', [piece(1, 5, 'hello'), piece(1, 5, 'hello')]],
  ['a size that grows', [piece(1, 90_000, whole), piece(1, 100_000, whole)]],
  ['a size that shrinks', [piece(1, 90_000, whole), piece(1, uploadPieceBytes + 1, 'x')]],
  ['an empty file that is sent', [piece(1, 0, '')]],
  ['more pieces than may be unconfirmed', repeat(40, () => piece(1, 16_000_000, whole))],
])('a file that comes otherwise than announced is lost: %s', async (_, pieces) => {
  for (const each of pieces) peer.send(each)
  const refused = await peer.next((message) => message.startsWith('l1'))
  expect(codeOf(refused)).toBe('upload_lost')
  expect(scene.server.refused).toEqual({ upload_lost: 1 })
  expect(codeOf(await call(mark(1, 5)))).toBe('upload_lost')
  expect(scene.server.refused).toEqual({ upload_lost: 2 })
  expect(ran).toEqual([])
})

test('pieces and discards of files that never were, or were given up, are for nobody', async () => {
  for (const message of ['o1', 'o0', `o${Number.MAX_SAFE_INTEGER}`]) peer.send(message)
  peer.send(piece(5, 90_000, whole))
  peer.send('o5')
  for (const upload of [0, 4, 5]) peer.send(piece(upload, 5, 'hello'))
  expect(codeOf(await call(mark(5, 90_000)))).toBe('upload_lost')
  peer.send(piece(6, 5, 'hello'))
  expect(await peer.next((message) => message.startsWith('k6'))).toBe('k6,5')
  expect((await call(mark(6, 5)))[0]).toBe('r')
})

test('a call cannot name a file more often than it came', async () => {
  peer.send(piece(1, 5, 'hello'))
  await peer.next((message) => message.startsWith('k1,5'))
  const n = ++last
  const body = JSON.stringify({ 0: '["$B1","$B2"]', 1: mark(1, 5), 2: mark(1, 5) })
  const answer = await peer.ask(`c${n},1,1,1\n0.onClick\n${body}`, (message) => message.startsWith(`y${n},`))
  expect(codeOf(answer)).toBe('upload_lost')
  expect(ran).toEqual([])
})

test('a file is for one call', async () => {
  peer.send(piece(1, 5, 'hello'))
  await peer.next((message) => message.startsWith('k1,5'))
  expect((await call(mark(1, 5)))[0]).toBe('r')
  expect(codeOf(await call(mark(1, 5)))).toBe('upload_lost')
})

test('each limit has its code, and then there is room again', async () => {
  const limits = { maxUploadBytes: 100_000, maxUploads: 3, uploadTimeoutMs: 1_500 }
  const limited = await openScene({ limits })
  const peer = await Peer.open(limited.port)
  const codeFor = async (upload: number) =>
    codeOf(await peer.next((message) => message.startsWith(`l${upload}\n`)))
  peer.send(piece(1, 100_001, 'x'.repeat(uploadPieceBytes)))
  expect(await codeFor(1)).toBe('upload_too_large')
  for (const upload of [2, 3, 4, 5]) peer.send(piece(upload, 90_000, 'x'.repeat(uploadPieceBytes)))
  expect(await codeFor(5)).toBe('too_many_uploads')
  for (const upload of [2, 3, 4]) expect(await codeFor(upload)).toBe('upload_lost')
  peer.send(piece(6, 5, 'hello'))
  expect(await peer.next((message) => message.startsWith('k6'))).toBe('k6,5')
  expect(limited.server.refused).toEqual({ upload_too_large: 1, too_many_uploads: 1, upload_lost: 3 })
  await limited.end()
})
