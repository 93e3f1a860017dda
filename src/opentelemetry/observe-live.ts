import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import { recordMetrics } from './metrics.ts'
import { recordSpans } from './spans.ts'

/** What {@link observeLive} takes. */
export interface LiveInstrumentationOptions {
  /** Where the metrics go. The global meter provider by default. */
  readonly meterProvider?: MeterProvider
  /** Where the spans go. The global tracer provider by default. */
  readonly tracerProvider?: TracerProvider
}

/** What {@link observeLive} started. */
export interface LiveInstrumentation {
  /** Records nothing more. */
  stop(): void
}

const scope = 'liveroot'

/**
 * Records what the live servers of this process do with OpenTelemetry: the metrics and spans in
 * `docs/observability.md`. Needs `@opentelemetry/api`, which this is the only part of Liveroot to import. Call it once,
 * before the server is started and after the SDK is, for what happened before is not counted.
 *
 * @returns an object whose `stop` ends it.
 */
export function observeLive(options: LiveInstrumentationOptions = {}): LiveInstrumentation {
  const { meterProvider = metrics, tracerProvider = trace } = options
  const stops = [
    ...recordMetrics(meterProvider.getMeter(scope)),
    ...recordSpans(tracerProvider.getTracer(scope)),
  ]
  return {
    stop: () => {
      for (const stop of stops.splice(0)) stop()
    },
  }
}
