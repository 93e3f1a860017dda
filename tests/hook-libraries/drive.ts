import type { LiveServer } from 'liveroot/server'
import { patienceMs } from '../support/until.ts'

/**
 * Mounts a route, calls its only handler and waits for the change, by hand over the protocol: no browser, no DOM.
 *
 * @returns 'counted', or what came instead.
 */
export async function drive(server: LiveServer, path: string): Promise<string> {
  const messages: string[] = []
  const socket = server.accept({
    bufferedBytes: 0,
    send: (data) => void messages.push(typeof data === 'string' ? data : Buffer.from(data).toString()),
    close() {},
    terminate() {},
  })
  const end = Date.now() + patienceMs
  const heard = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const message = messages.find((each) => pattern.test(each))
      if (message !== undefined) return message
      if (Date.now() > end || messages.some((each) => /^[xyz]/.test(each)))
        throw new Error(messages.join('\n'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  try {
    socket.message('h2')
    socket.message(`m1\n${path}`)
    const first = await heard(/"n is ",(0|"\?")/)
    const { slot, handler } = onlyFunction(first)
    socket.message('a1,1,1')
    const event = handler?.endsWith('onSubmit') ? 'submit' : 'click'
    socket.message(`c1,1,1,${slot}\n${handler}\n[{"@event":"${event}"}]`)
    await heard(/^0:\[\[\d+,\[1\],1\]\]$/m)
    return 'counted'
  } catch (error) {
    return String(error)
  } finally {
    socket.closed()
  }
}

/** The function of a frame: an element of no type, with a path, in the write of its slot. */
function onlyFunction(frame: string): { slot?: number; handler?: string } {
  const row = frame.split('\n').find((each) => each.startsWith('0:'))
  for (const [slot, ...content] of JSON.parse(row?.slice(2) ?? '[]') as [number, ...unknown[]][]) {
    const handler = /\["\$","",null,\["([\w.]+)"\]/.exec(JSON.stringify(content))?.[1]
    if (handler !== undefined) return { slot, handler }
  }
  return {}
}
