import { redisBus } from 'liveroot/redis'
import type { Bus } from 'liveroot/server'
import { type BrokerAddress, busConformance } from 'liveroot/testing'
import { createClient } from 'redis'
import { type BrokerName, brokerUrls, describeWithBroker } from '../support/brokers.ts'

interface Engine {
  readonly bus: (options: { url: string; prefix: string; maxBufferedMessages?: number }) => Bus
  readonly clean: (prefix: string) => Promise<void>
}

const engines: Partial<Record<BrokerName, Engine>> = {
  redis: { bus: redisBus, clean: cleanRedis },
}

async function cleanRedis(prefix: string): Promise<void> {
  const client = createClient({ url: brokerUrls.redis })
  await client.connect()
  const keys = await client.keys(`{${prefix}}:*`)
  if (keys.length > 0) await client.del(keys)
  await client.close()
}

for (const [name, { bus, clean }] of Object.entries(engines)) {
  describeWithBroker(name as BrokerName, `${name} as a bus`, (url) => {
    const { hostname, port } = new URL(url)
    const cases = busConformance({
      address: { host: hostname, port: Number(port) },
      connect: ({ address, ...options }) => bus({ url: urlAt(url, address), ...options }),
      clean,
    })
    test.each(cases)('$name', ({ run }) => run(), 120_000)
  })
}

function urlAt(url: string, { host, port }: BrokerAddress): string {
  const there = new URL(url)
  there.hostname = host
  there.port = String(port)
  return there.href
}
