/** The server process of one measurement: `main.ts <scenario> <system>`. Ends when its parent lets go of it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { System } from '../plans.ts'
import { scenarios } from '../scenarios/index.ts'
import { answerControl } from './control.ts'
import { serveLiveroot } from './liveroot.ts'
import { serveWholeTrees } from './whole-tree-flight.ts'

const [name, system] = process.argv.slice(2) as [keyof typeof scenarios, System]
const scenario = scenarios[name]

const http = createServer()
const publish = system === 'liveroot' ? serveLiveroot(http, scenario) : serveWholeTrees(http, scenario)

const controls = new WebSocketServer({ noServer: true })
http.on('upgrade', (request, socket, head) => {
  if (request.url !== '/control') return
  controls.handleUpgrade(request, socket, head, (control) => answerControl(control, publish))
})

process.once('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port))
