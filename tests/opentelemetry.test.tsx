import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  type ContextManager,
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { type LiveInstrumentation, observeLive } from 'liveroot/opentelemetry'
import { route } from 'liveroot/server'
import { useState } from 'react'
import { openScene, type Scene } from './failures/bystander.ts'
import { Peer } from './failures/peer.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'

/** As the SDK for Node has it. */
class AsyncContexts implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>()
  active = () => this.storage.getStore() ?? ROOT_CONTEXT
  with: ContextManager['with'] = (entered, fn, self, ...args) =>
    this.storage.run(entered, () => fn.apply(self as never, args))
  bind: ContextManager['bind'] = (_, target) => target
  enable = () => this
  disable = () => this
}

/** Takes a W3C `traceparent`, as the SDK's propagator does. */
const traceparent: TextMapPropagator = {
  fields: () => ['traceparent'],
  inject: () => {},
  extract(from, carrier, getter) {
    const [, traceId, spanId] = String(getter.get(carrier, 'traceparent') ?? '').split('-')
    if (traceId === undefined || spanId === undefined) return from
    return trace.setSpanContext(from, { traceId, spanId, traceFlags: 1, isRemote: true })
  },
}

const spans = new InMemorySpanExporter()
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })
const meterProvider = new MeterProvider({ readers: [reader] })

let started: LiveInstrumentation
let scene: Scene
let peer: Peer

function App() {
  const [n, set] = useState(0)
  const click = async () => {
    await null
    tracerProvider.getTracer('app').startSpan('query').end()
    set(n + 1)
  }
  const fail = () => {
    throw new Error('thrown')
  }
  return (
    <main>
      <b onClick={click as never}>{n}</b>
      <i onClick={fail} />
    </main>
  )
}

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncContexts())
  propagation.setGlobalPropagator(traceparent)
  started = observeLive({ meterProvider, tracerProvider })
  scene = await openScene({ routes: [route('/app/:id', App)] })
  peer = await Peer.open(scene.port, true, { traceparent: `00-${traceId}-${parentId}-01` })
  await peer.mount(1, '/app/7')
  await call(1, '0.0.onClick')
  await call(2, '0.1.onClick')
  await call(3, 'nowhere')
})

afterAll(async () => {
  peer.end()
  await scene.end()
  await meterProvider.shutdown()
  trace.disable()
  context.disable()
  propagation.disable()
})

function call(id: number, path: string): Promise<string> {
  const isAnswer = (message: string) => message.startsWith(`r${id},`) || message.startsWith(`y${id},`)
  return peer.ask(`c${id},1,1,1\n${path}`, isAnswer)
}

interface Point {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly value: number | { readonly count: number; readonly sum?: number }
}

/** What a metric has by now, and its unit. */
async function metric(name: string): Promise<{ unit: string; points: readonly Point[] }> {
  metrics.reset()
  await reader.forceFlush()
  const all = metrics.getMetrics().flatMap((each) => each.scopeMetrics.flatMap((scope) => scope.metrics))
  const found = all.find(({ descriptor }) => descriptor.name === name)
  if (found === undefined) throw new Error(`No metric ${name} among ${all.map((m) => m.descriptor.name)}`)
  return { unit: found.descriptor.unit, points: found.dataPoints as readonly Point[] }
}

function ofApp(points: readonly Point[]): readonly Point[] {
  return points.filter(({ attributes }) => attributes['liveroot.route'] === '/app/:id')
}

test('what is there now is counted up and down', async () => {
  const connections = await metric('liveroot.connections.active')
  expect([connections.unit, connections.points[0]?.value]).toEqual(['{connection}', 2])
  const other = await Peer.open(scene.port)
  expect((await metric('liveroot.sessions.active')).points[0]?.value).toBe(3)
  other.socket.close(1000)
  await other.closing()
  for (let left = 0; left !== 2; )
    left = (await metric('liveroot.connections.active')).points[0]?.value as number
  expect((await metric('liveroot.calls.active')).points[0]?.value).toBe(0)
})

test('calls have a duration by route and outcome', async () => {
  const { unit, points } = await metric('liveroot.call.duration')
  expect(unit).toBe('s')
  const told = ofApp(points).map(({ attributes, value }) => [
    attributes['liveroot.outcome'],
    attributes['error.type'],
    (value as { count: number }).count,
  ])
  expect(told).toEqual([
    ['ok', undefined, 1],
    ['failed', 'handler_failed', 1],
    ['refused', 'not_on_screen', 1],
  ])
})

test('bytes, frames and refusals are counted', async () => {
  const { unit, points } = await metric('liveroot.message.io')
  const received = points.filter(({ attributes }) => attributes['network.io.direction'] === 'receive')
  const mounts = received.find(({ attributes }) => attributes['liveroot.message.type'] === 'mount')
  expect([unit, mounts?.value]).toEqual(['By', 'm1\n/counter'.length + 'm1\n/app/7'.length])
  const frames = ofApp((await metric('liveroot.frame.size')).points)[0]?.value as {
    count: number
    sum: number
  }
  const sent = peer.messages.filter((message) => message.startsWith('f'))
  const payloads = sent.map((message) => Buffer.byteLength(message.slice(message.indexOf('\n') + 1)))
  expect(frames).toMatchObject({ count: payloads.length, sum: payloads.reduce((a, b) => a + b) })
  const refusals = (await metric('liveroot.refusals')).points
  expect(refusals).toMatchObject([{ attributes: { 'liveroot.code': 'not_on_screen' }, value: 1 }])
})

test('calls, mounts and frames are spans of the trace that the connection came with', () => {
  const mine = spans.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId)
  expect(mine.map(({ name }) => name).sort()).toEqual([
    'call /app/:id',
    'call /app/:id',
    'frame /app/:id',
    'frame /app/:id',
    'mount /app/:id',
    'query',
  ])
  const [ok, failed] = mine.filter(({ name }) => name.startsWith('call'))
  expect(ok?.parentSpanContext?.spanId).toBe(parentId)
  expect(ok?.attributes).toMatchObject({ 'liveroot.call.path': '0.0.onClick', 'liveroot.outcome': 'ok' })
  expect(failed?.attributes).toMatchObject({ 'error.type': 'handler_failed' })
  expect(failed?.status.code).toBe(2)
  // What the handler does, also after it waited, belongs to its call.
  const query = mine.find(({ name }) => name === 'query')
  expect(query?.parentSpanContext?.spanId).toBe(ok?.spanContext().spanId)
})

test('after stop nothing more is recorded', async () => {
  // First, for the bystander makes itself heard all the time.
  started.stop()
  const before = (await metric('liveroot.messages')).points.reduce((sum, { value }) => sum + Number(value), 0)
  await call(4, 'nowhere')
  const after = (await metric('liveroot.messages')).points.reduce((sum, { value }) => sum + Number(value), 0)
  expect(after).toBe(before)
})
