import type { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import {
  type CallEnded,
  type CallStarted,
  diagnostics,
  type LiveChannel,
  type MountEnded,
  type MountStarted,
  onDiagnostic,
} from '../server/diagnostics.ts'
import type { Handshake } from '../server/transport.ts'

type Event = CallStarted | MountStarted

/** Makes spans of calls, of first renders and of frames. Returns the functions that stop it. */
export function recordSpans(tracer: Tracer): (() => void)[] {
  const spans = new WeakMap<Event, Span>()
  const begin = (event: Event, name: string, attributes: Attributes): Context => {
    const parent = parentOf(event.handshake)
    const all = { 'session.id': event.session, ...attributes }
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes: all }, parent)
    spans.set(event, span)
    return trace.setSpan(parent, span)
  }
  return [
    within(diagnostics.callStarted, (event) => {
      const { call, route, path } = event
      const where = route === null ? {} : { 'liveroot.route': route }
      const attributes = { 'liveroot.call.id': call, 'liveroot.call.path': path, ...where }
      return begin(event, `call ${route ?? path}`, attributes)
    }),
    onDiagnostic('liveroot.call.ended', (event) => end(spans, event, event.code)),
    within(diagnostics.mountStarted, (event) => {
      return begin(event, `mount ${event.route}`, { 'liveroot.route': event.route })
    }),
    onDiagnostic('liveroot.mount.ended', (event) => end(spans, event)),
    onDiagnostic('liveroot.frame.sent', ({ session, handshake, route, durationMs, ...frame }) => {
      const now = Date.now()
      const attributes = {
        'session.id': session,
        'liveroot.route': route,
        'liveroot.frame.sequence': frame.sequence,
        'liveroot.frame.writes': frame.writes,
        'liveroot.frame.size': frame.bytes,
      }
      tracer
        .startSpan(`frame ${route}`, { startTime: now - durationMs, attributes }, parentOf(handshake))
        .end(now)
    }),
  ]
}

function end(spans: WeakMap<Event, Span>, event: CallEnded | MountEnded, code?: string): void {
  const span = spans.get(event)
  // Refused before it started: it counts among the refusals, and is no span.
  if (span === undefined) return
  span.setAttribute('liveroot.outcome', event.outcome)
  if (code !== undefined) span.setAttribute('error.type', code)
  if (event.outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** What a proxy or a tracing page put into the request that the connection began with. */
function parentOf({ headers }: Handshake): Context {
  return propagation.extract(ROOT_CONTEXT, headers)
}

/**
 * Runs what the channel tells the start of in an OpenTelemetry context, so that spans of the application are its
 * children. The channel wants a store and uses its `run` alone.
 */
function within<T>(channel: LiveChannel<T>, enter: (message: T) => Context): () => void {
  const store = { run: (entered: Context, fn: () => unknown) => context.with(entered, fn) }
  const bound = store as unknown as AsyncLocalStorage<Context>
  channel.bindStore(bound, (message) => enter(message as T))
  return () => void channel.unbindStore(bound)
}
