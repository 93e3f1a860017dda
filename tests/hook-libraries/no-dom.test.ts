import { createLiveServer, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { apps } from './apps.tsx'
import { drive } from './drive.ts'

// The other tests have both halves, and so the browser's DOM, in one process. Here is what a real server is: no DOM.

test.each(Object.entries(apps))('%s', async (_name, App) => {
  expect([typeof window, typeof document]).toEqual(['undefined', 'undefined'])
  const server = createLiveServer({ routes: [route('/', App)], clientModules })
  expect(await drive(server, '/')).toBe('counted')
  await server.close()
})
