// One server of a chaos run, in a process of its own.
import { createLiveServer, httpHook, route } from '../../src/server/index.ts'
import { clientModules } from '../../src/testing/client-components.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures } from '../processes/figures.ts'
import { ChaosPage, mounted, type Push } from './app.tsx'

keepFailures()

const errors: string[] = []

const server = createLiveServer({
  routes: [route('/chaos/:client', ChaosPage as never)],
  clientModules,
  onError: (error, { code }) => void errors.push(`${code}: ${(error as Error)?.stack ?? error}`),
  httpHooks: [
    httpHook('POST', '/push', async (request, { publish }) => {
      const { topic, ...push } = (await request.json()) as Push & { topic: string }
      await publish(topic, push)
      return new Response('pushed')
    }),
  ],
})

answerParent({
  listen: async (port: number) => (await server.listen(port, '127.0.0.1')).port,
  figures: async () => ({
    ...(await figures()),
    connections: server.connections,
    mounted: mounted.count,
    errors: errors.splice(0),
  }),
  close: () => server.close(),
})
