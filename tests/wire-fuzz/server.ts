// The server under attack, in a process of its own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLiveServer, memoryStore } from '../../src/server/index.ts'
import { clientModules } from '../../src/testing/client-components.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures, takeFailures } from '../processes/figures.ts'
import { mounted, routes } from './app.tsx'

keepFailures()

/** How often the program was said to have failed, by code and error. */
const errors: Record<string, number> = {}

const server = createLiveServer({
  routes,
  clientModules,
  // Nobody comes back later than the next connection of a case.
  // A machine that has little time for this lets nobody speak for long.
  limits: { sessionGraceMs: 1_000, heartbeatMs: 3_600_000, handshakeTimeoutMs: 3_600_000 },
  // Sessions that sleep fill a store up to its limit: here that is no growth for long.
  sessionStore: memoryStore({ maxSessions: 100 }),
  onError: (error, { code }) => {
    const what = `${code}: ${(error as Error)?.stack ?? error}`
    errors[what] = (errors[what] ?? 0) + 1
  },
})

// Node takes a minute for the headers of a request to be long, and starved machines need longer.
const http = createServer({ headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 })
server.attach(http)

answerParent({
  listen: async () => {
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return (http.address() as AddressInfo).port
  },
  health: () => {
    // Those who subscribe render once for every look.
    server.publish('rows', 1)
    const failed = Object.keys(errors)
    for (const error of failed) delete errors[error]
    return { failures: takeFailures(), errors: failed }
  },
  figures: async () => ({
    ...(await figures()),
    connections: server.connections,
    sessions: server.health().sessions,
    mounted: mounted.count,
    refused: server.refused,
  }),
})
