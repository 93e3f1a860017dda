/**
 * The server process of one measurement: `main.ts <scenario> <system> [keeping] [file of the store]`. Ends when its parent
 * lets go of it.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Keeping, System } from '../plans.ts'
import { scenarios } from '../scenarios/index.ts'
import { answerControl } from './control.ts'
import { serveLiveroot } from './liveroot.ts'
import { serveWholeTrees } from './whole-tree-flight.ts'

const [name, system, keeping = 'memory', path = ''] = process.argv.slice(2) as [
  keyof typeof scenarios,
  System,
  Keeping?,
  string?,
]
const scenario = scenarios[name]

const http = createServer()
const publish =
  system === 'liveroot' ? serveLiveroot(http, scenario, { keeping, path }) : serveWholeTrees(http, scenario)

const controls = new WebSocketServer({ noServer: true })
http.on('upgrade', (request, socket, head) => {
  if (request.url !== '/control') return
  controls.handleUpgrade(request, socket, head, (control) => answerControl(control, publish))
})

process.once('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port))
