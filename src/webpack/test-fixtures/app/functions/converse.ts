import { createLiveServer, route } from '../../../../server/index.ts'
import { findServerFunction } from '../../../../server/server-functions.ts'
import { Page } from './page.tsx'

interface Conversation {
  down: string[]
  known: boolean[]
  registered: string[]
}

/** Mounts the page, calls functions of modules, and returns what the server sent. */
export async function converse(ids: readonly string[]): Promise<Conversation> {
  const live = createLiveServer({ routes: [route('/', Page), route('/none', () => null)] })
  const down: string[] = []
  const socket = live.accept({
    bufferedBytes: 0,
    send: (data) => void down.push(Buffer.from(data).toString()),
    close() {},
    terminate() {},
  })
  const say = async (message: string) => {
    socket.message(message)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await say('h2')
  await say('m1\n/none')
  await say('a1,1,1')
  await say(`c1,0,0,0\n${ids[0]}\n["too early"]`)
  await say('m2\n/')
  for (const [index, id] of ids.entries()) await say(`c${index + 2},0,0,0\n${id}\n["milk"]`)
  socket.closed()
  await live.close()
  const known = ids.map((id) => findServerFunction(id) !== undefined)
  const todos = ids.find((id) => id.endsWith('#add'))?.replace(/add$/, '')
  const names = ['add', 'default', 'further', 'limit', 'more', 'remove', 'renamed']
  return { down, known, registered: names.filter((name) => findServerFunction(todos + name)) }
}
