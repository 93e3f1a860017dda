import { type Attributes, type Meter, ValueType } from '@opentelemetry/api'
import { onDiagnostic } from '../server/diagnostics.ts'

/** In seconds, as the conventions want it: from a tenth of a millisecond to ten seconds. */
const durations = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const sizes = [16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576]

/** Makes the instruments and keeps them in step. Returns the functions that stop it. */
export function recordMetrics(meter: Meter): (() => void)[] {
  return [
    ...countConnections(meter),
    ...countSessions(meter),
    ...countMessages(meter),
    ...measureCalls(meter),
    ...measureRendering(meter),
    ...measureSnapshots(meter),
  ]
}

function countConnections(meter: Meter): (() => void)[] {
  const active = meter.createUpDownCounter('liveroot.connections.active', {
    unit: '{connection}',
    description: 'Open connections.',
    valueType: ValueType.INT,
  })
  const duration = histogram(meter, 'liveroot.connection.duration', 'How long connections were open.')
  return [
    onDiagnostic('liveroot.connection.opened', () => active.add(1)),
    onDiagnostic('liveroot.connection.closed', ({ durationMs, code }) => {
      active.add(-1)
      duration.record(durationMs / 1000, code === null ? {} : { 'liveroot.code': code })
    }),
  ]
}

function countSessions(meter: Meter): (() => void)[] {
  const active = meter.createUpDownCounter('liveroot.sessions.active', {
    unit: '{session}',
    description: 'Sessions, with a connection or waiting for one.',
    valueType: ValueType.INT,
  })
  const events = counter(meter, 'liveroot.session.events', '{event}', 'What happened to sessions.')
  const count = (event: string) => events.add(1, { 'liveroot.session.event': event })
  return [
    onDiagnostic('liveroot.session.opened', () => {
      active.add(1)
      count('opened')
    }),
    onDiagnostic('liveroot.session.resumed', () => count('resumed')),
    onDiagnostic('liveroot.session.detached', () => count('detached')),
    onDiagnostic('liveroot.session.asleep', () => count('asleep')),
    onDiagnostic('liveroot.session.awake', () => count('awake')),
    onDiagnostic('liveroot.session.taken', () => count('taken')),
    onDiagnostic('liveroot.session.ended', () => {
      active.add(-1)
      count('ended')
    }),
  ]
}

function countMessages(meter: Meter): (() => void)[] {
  const io = counter(
    meter,
    'liveroot.message.io',
    'By',
    'Bytes of messages, without what the transport adds.',
  )
  const messages = counter(meter, 'liveroot.messages', '{message}', 'Messages of the protocol.')
  const count = (direction: 'receive' | 'transmit', type: string, bytes: number) => {
    const attributes = { 'network.io.direction': direction, 'liveroot.message.type': type }
    io.add(bytes, attributes)
    messages.add(1, attributes)
  }
  const refusals = counter(meter, 'liveroot.refusals', '{refusal}', 'What was refused to browsers, by code.')
  return [
    onDiagnostic('liveroot.message.received', ({ type, bytes }) => count('receive', type, bytes)),
    onDiagnostic('liveroot.message.sent', ({ type, bytes }) => count('transmit', type, bytes)),
    onDiagnostic('liveroot.refusal', ({ code }) => refusals.add(1, { 'liveroot.code': code })),
  ]
}

function measureCalls(meter: Meter): (() => void)[] {
  const active = meter.createUpDownCounter('liveroot.calls.active', {
    unit: '{call}',
    description: 'Calls that have started and are not answered.',
    valueType: ValueType.INT,
  })
  const duration = histogram(meter, 'liveroot.call.duration', 'From the start of a call to its answer.')
  return [
    onDiagnostic('liveroot.call.started', () => active.add(1)),
    onDiagnostic('liveroot.call.ended', ({ route, outcome, code, durationMs }) => {
      if (outcome !== 'refused') active.add(-1)
      const attributes: Attributes = { 'liveroot.outcome': outcome }
      if (route !== null) attributes['liveroot.route'] = route
      if (code !== undefined) attributes['error.type'] = code
      duration.record(durationMs / 1000, attributes)
    }),
  ]
}

function measureRendering(meter: Meter): (() => void)[] {
  const mounts = histogram(meter, 'liveroot.mount.duration', 'The first render of a root.')
  const frames = histogram(meter, 'liveroot.frame.duration', 'Comparing and encoding what changed.')
  const size = meter.createHistogram('liveroot.frame.size', {
    unit: 'By',
    description: 'Payloads of frames.',
    valueType: ValueType.INT,
    advice: { explicitBucketBoundaries: sizes },
  })
  const held = counter(
    meter,
    'liveroot.frames.held',
    '{frame}',
    'Times that a slow browser held a root back.',
  )
  return [
    onDiagnostic('liveroot.mount.ended', ({ route, outcome, durationMs }) => {
      mounts.record(durationMs / 1000, { 'liveroot.route': route, 'liveroot.outcome': outcome })
    }),
    onDiagnostic('liveroot.frame.sent', ({ route, durationMs, bytes }) => {
      frames.record(durationMs / 1000, { 'liveroot.route': route })
      size.record(bytes, { 'liveroot.route': route })
    }),
    onDiagnostic('liveroot.frame.held', ({ route, reason }) => {
      held.add(1, { 'liveroot.route': route, 'liveroot.reason': reason })
    }),
  ]
}

function measureSnapshots(meter: Meter): (() => void)[] {
  const duration = histogram(meter, 'liveroot.snapshot.duration', 'Storing what changed in a session.')
  const size = meter.createHistogram('liveroot.snapshot.size', {
    unit: 'By',
    description: 'What was written of a session.',
    valueType: ValueType.INT,
    advice: { explicitBucketBoundaries: sizes },
  })
  return [
    onDiagnostic('liveroot.snapshot.saved', ({ durationMs, bytes, outcome }) => {
      duration.record(durationMs / 1000, { 'liveroot.outcome': outcome })
      size.record(bytes, { 'liveroot.outcome': outcome })
    }),
  ]
}

function counter(meter: Meter, name: string, unit: string, description: string) {
  return meter.createCounter(name, { unit, description, valueType: ValueType.INT })
}

function histogram(meter: Meter, name: string, description: string) {
  const advice = { explicitBucketBoundaries: durations }
  return meter.createHistogram(name, { unit: 's', description, advice })
}
