// One server of a chaos run, in a process of its own: `server.ts <store> <bus> <place>`.
import { createLiveServer, httpHook, route } from '../../src/server/index.ts'
import { clientModules } from '../../src/testing/client-components.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures } from '../processes/figures.ts'
import { ChaosPage, mounted, type Push } from './app.tsx'
import { type EngineName, openBus, openStore } from './stores.ts'

keepFailures()

const [store, bus, place] = process.argv.slice(2) as [EngineName, EngineName, string]
const errors: string[] = []

const server = createLiveServer({
  routes: [route('/chaos/:client', ChaosPage as never)],
  clientModules,
  sessionStore: openStore(store, place),
  bus: openBus(bus, place),
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
    sessions: server.health().sessions,
    mounted: mounted.count,
    errors: errors.splice(0),
  }),
  close: () => server.close(),
})
