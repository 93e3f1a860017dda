import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { redisBus } from 'liveroot/redis'
import { BusPresence } from '../../src/server/presence.ts'
import { describeWithBroker } from '../support/brokers.ts'
import { until } from '../support/until.ts'

const leaseMs = 1_500

describeWithBroker('redis', 'presence, with servers that are killed', (url) => {
  const children: ChildProcess[] = []

  function start(prefix: string): ChildProcess {
    const args = [
      '--conditions',
      'liveroot-source',
      '--import',
      'tsx',
      'tests/brokers/presence-server.ts',
      url,
      prefix,
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    children.push(child)
    return child
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  afterEach(() => Promise.all(children.splice(0).map(kill)))

  test('those of a server that was killed with `kill -9` leave within its lease, and are back with the next one', async () => {
    const prefix = `t${Math.random().toString(36).slice(2)}`
    const bus = redisBus({ url, prefix })
    await bus.start({ history: () => 0, onError() {} })
    const presence = new BusPresence(bus, leaseMs, () => {})
    const said: string[] = []
    presence.watch('room', {
      changed() {},
      joined: ({ key }) => said.push(`+${key}`),
      left: ({ key }) => said.push(`-${key}`),
    })
    const own = presence.join('room', 'own', {})
    const here = () =>
      presence
        .entries('room')
        .map(({ key }) => key)
        .sort()
        .join()
    const first = start(prefix)
    await until(() => here() === 'ann,bob,own', here)
    await kill(first)
    const killedAt = performance.now()
    await until(() => here() === 'own', here)
    const tookMs = performance.now() - killedAt
    // Not at once: nobody has said that it ends.
    expect(tookMs).toBeGreaterThan(leaseMs / 4)
    start(prefix)
    await until(() => here() === 'ann,bob,own', here)
    expect(said.map((each) => each.slice(0, 4))).toEqual([
      '+own',
      '+ann',
      '+bob',
      '-ann',
      '-bob',
      '+ann',
      '+bob',
    ])
    own.leave()
    await presence.part.stop?.(new AbortController().signal)
    await bus.close()
    process.stderr.write(
      `Presence was right again ${Math.round(tookMs)} ms after a kill (lease ${leaseMs} ms).\n`,
    )
  }, 180_000)
})
