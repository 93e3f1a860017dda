import '../support/dom.ts'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { clientComponent, renderLive } from 'liveroot/testing'
import { useEffect, useState } from 'react'
import { click, quietConsole, text } from './support.ts'

quietConsole()

function InRender(): never {
  throw new Error('secret in render')
}

function AfterClick() {
  const [on, set] = useState(false)
  if (on) throw new Error('secret after click')
  return <button onClick={() => set(true)}>ok</button>
}

function InEffect() {
  useEffect(() => {
    throw new Error('secret in effect')
  }, [])
  return 'ok'
}

async function Later(): Promise<string> {
  await null
  throw new Error('secret later')
}

test.each([
  ['while mounting', InRender],
  ['after a click', AfterClick],
  ['in an effect', InEffect],
  ['of an async component', Later],
] as const)(
  'an error %s reaches the boundary around LiveRoot, and the log has its digest',
  async (_, Part) => {
    const logged: unknown[] = []
    const screen = await renderLive(<Part />, {
      onError: (error, context) => void logged.push([error, context]),
    })
    if (Part === AfterClick) await click(screen)
    expect(text(screen)).toBe('error: root_failed')
    const sent = screen.traffic.find(({ up, data }) => !up && String(data).startsWith('x'))?.data
    const body = JSON.parse(String(sent).split('\n')[1] as string) as { digest: string; message: string }
    expect(logged).toEqual([
      [
        expect.objectContaining({ message: expect.stringContaining('secret') }),
        expect.objectContaining({ code: 'root_failed', digest: body.digest, route: '/' }),
      ],
    ])
    await screen.unmount()
  },
)

test('in production the message stays on the server: the browser gets the digest alone', async () => {
  const run = promisify(execFile)
  const env = { ...process.env, NODE_ENV: 'production' }
  const script = new URL('./production-errors.ts', `file://${__filename}`).pathname
  const args = ['--conditions=liveroot-source', '--import', 'tsx', script]
  const { stdout } = await run(process.execPath, args, { env })
  const { sent, logged } = JSON.parse(stdout) as { sent: string[]; logged: string[] }
  expect(logged).toEqual(['root_failed secret in render', 'handler_failed secret in handler'])
  expect(sent.filter((message) => /^[xy]/.test(message))).toEqual([
    expect.stringMatching(/^x1\n\{"code":"root_failed","digest":"[0-9a-f]{10}"\}$/),
    expect.stringMatching(/^y1,1\n\{"code":"handler_failed","digest":"[0-9a-f]{10}"\}$/),
  ])
  expect(sent.join()).not.toContain('secret')
}, 20_000)

test('a page that leaves while something it shows is still pending is no error of the program', async () => {
  const logged: unknown[] = []
  const never = new Promise<string>(() => {})
  const Later = clientComponent('NeverLater', ({ later }: { later: Promise<string> }) => (
    <i>{typeof later}</i>
  ))
  const screen = await renderLive(<Later later={never} />, { onError: (error) => void logged.push(error) })
  expect(screen.container.innerHTML).toBe('<i>object</i>')
  await screen.unmount()
  await screen.server.close()
  expect(logged).toEqual([])
})
