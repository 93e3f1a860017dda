// One server of a cluster run, in a process of its own: `server.ts <engine> <place>`.
import { createLiveServer, route } from '../../src/server/index.ts'
import { clientModules } from '../../src/testing/client-components.ts'
import { type EngineName, openBus, openStore } from '../chaos/stores.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures } from '../processes/figures.ts'
import { ClusterPage, RecordPage } from './app.tsx'

keepFailures()

const [engine, place] = process.argv.slice(2) as [EngineName, string]
const errors: string[] = []

const server = createLiveServer({
  routes: [route('/room/:room/:client', ClusterPage as never), route('/record/:room', RecordPage as never)],
  clientModules,
  sessionStore: openStore(engine, place),
  bus: openBus(engine, place),
  topics: { 'room:*': { history: 1_000_000 } },
  onError: (error, { code }) => void errors.push(`${code}: ${(error as Error)?.stack ?? error}`),
})

answerParent({
  listen: async (port: number) => (await server.listen(port, '127.0.0.1')).port,
  figures: async () => ({
    ...(await figures()),
    connections: server.connections,
    sessions: server.health().sessions,
    mounted: 0,
    errors: errors.splice(0),
  }),
  close: () => server.close(),
})
