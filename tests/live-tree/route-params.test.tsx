import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import 'liveroot/testing'
import { LiveRoot } from 'liveroot/client'
import { route } from 'liveroot/server'

const Room = ({ id }: { id: number }) => id
const Search = ({ text, page }: { text: string; page?: number }) => `${text}${page}`

// Never run: the compiler checks it, and an error that is expected and does not come is one.
const typed = () => [
  route('/rooms/:id', Room, { params: { id: Number } }),
  route('/search/:text', Search, { params: { page: Number } }),
  // @ts-expect-error without a parser the parameter is text
  route('/rooms/:id', Room),
  // @ts-expect-error the pattern has no such parameter
  route('/rooms', Room, { params: {} }),
  // @ts-expect-error what may stand in the query may be absent
  route('/search/:text', ({ page }: { text: string; page: number }) => page, { params: { page: Number } }),
  <LiveRoot route="/rooms/42" key="1" />,
  <LiveRoot route="/rooms" params={{ page: 2 }} key="2" />,
  <LiveRoot route="/rooms/:id/:tab" params={{ id: 42, tab: 'people', page: 2 }} key="3" />,
  // @ts-expect-error the pattern names a parameter
  <LiveRoot route="/rooms/:id" key="4" />,
  // @ts-expect-error one of two is missing
  <LiveRoot route="/rooms/:id/:tab" params={{ id: 42 }} key="5" />,
  // @ts-expect-error an object cannot stand in a path
  <LiveRoot route="/rooms/:id" params={{ id: {} }} key="6" />,
]

test('routes and LiveRoot check their parameters’ types', async () => {
  expect(typed).toBeDefined()
  const root = path.join(__dirname, '../..')
  const tsc = path.join(root, 'node_modules/.bin/tsc')
  const { stdout } = await promisify(execFile)(tsc, ['--noEmit', '--pretty', 'false'], { cwd: root }).catch(
    (error: { stdout: string }) => error,
  )
  expect(stdout.split('\n').filter((line) => line.startsWith('tests/live-tree/route-params'))).toEqual([])
})
