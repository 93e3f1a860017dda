import { type CSSProperties, type ReactNode, useEffect, useState } from 'react'
import { useLiveStatus } from './live-status.ts'
import type { LiveStatus } from './status-store.ts'

/** What {@link LiveBanner} takes. */
export interface LiveBannerProps {
  /** How long the connection must be away before the banner shows, so that a blip does not flash. 1,500. */
  readonly delayMs?: number
  /** Says what is the matter, in the page's own language. English by default. */
  readonly message?: (status: LiveStatus) => string
  /** Says when the next try is. By default "Trying again in 5 s." */
  readonly countdown?: (seconds: number) => string
  /** The text of the button that tries at once. "Try now" by default. */
  readonly retryLabel?: string
  /** In place of the banner's own look and place. */
  readonly className?: string
}

/**
 * Tells the user that the page is out of touch with the server, why, when it tries again, and what waits to be sent. It
 * shows nothing while all is well. Put it anywhere in the page, once; it stands at the bottom of the window. Colours
 * follow the page's `color-scheme`. For another banner, make one with `useLiveStatus`.
 */
export function LiveBanner(props: LiveBannerProps): ReactNode {
  const { delayMs = 1_500, message = defaultMessage, countdown = defaultCountdown, className } = props
  const status = useLiveStatus()
  const late = useLateness(status.state !== 'open' && status.state !== 'idle', delayMs)
  const seconds = useSecondsTo(late ? status.nextTryAt : null)
  const canRetry = status.state === 'waiting' || status.state === 'closed'
  // The element is there before its text: only what changes in it is read out.
  return (
    <div role="status" aria-live="polite" className={className} style={className ? undefined : place}>
      {late && (
        <div style={className ? undefined : look} data-live-banner={status.state}>
          <span style={{ flex: '1 1 auto' }}>
            {message(status)}
            {/* Read out every second it would drown the rest. */}
            {seconds !== null && (
              <>
                {' '}
                <span aria-hidden="true" style={className ? undefined : counting}>
                  {countdown(seconds)}
                </span>
              </>
            )}
          </span>
          {canRetry && (
            <button type="button" style={className ? undefined : button} onClick={status.retryNow}>
              {props.retryLabel ?? 'Try now'}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

const causes: Partial<Record<NonNullable<LiveStatus['reason']>, string>> = {
  session_taken: 'This page is open in another tab, which goes on with it.',
  wrong_protocol: 'This page is out of date. Reload it to go on.',
  server_closing: 'The server restarts.',
  too_many_sessions: 'The server is full.',
  unauthorized: 'You are signed out.',
  revoked: 'You were signed out.',
}

function defaultMessage({ state, reason, unsentCalls }: LiveStatus): string {
  const cause = reason === null ? undefined : causes[reason]
  const text = cause ?? (state === 'connecting' ? 'Connecting…' : 'The connection is lost.')
  if (unsentCalls === 0) return text
  return `${text} ${unsentCalls === 1 ? '1 change waits' : `${unsentCalls} changes wait`} to be sent.`
}

function defaultCountdown(seconds: number): string {
  return `Trying again in ${seconds} s.`
}

/** True when something has been so for a while. */
function useLateness(is: boolean, delayMs: number): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!is) return setLate(false)
    const timer = setTimeout(() => setLate(true), delayMs)
    return () => clearTimeout(timer)
  }, [is, delayMs])
  return is && late
}

/** Whole seconds to a time, counted down; null without one. */
function useSecondsTo(time: number | null): number | null {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (time === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [time])
  return time === null ? null : Math.max(0, Math.ceil((time - now) / 1000))
}

const place: CSSProperties = {
  position: 'fixed',
  insetInline: 0,
  bottom: 'max(1rem, env(safe-area-inset-bottom))',
  zIndex: 2_147_483_000,
  display: 'flex',
  justifyContent: 'center',
  paddingInline: '1rem',
  pointerEvents: 'none',
}

const look: CSSProperties = {
  display: 'flex',
  alignItems: 'center',
  gap: '0.875rem',
  maxWidth: '36rem',
  padding: '0.625rem 0.75rem 0.625rem 1rem',
  borderRadius: '0.75rem',
  border: '1px solid light-dark(#d9c9a3, #57492a)',
  background: 'light-dark(#fff8e6, #2a2417)',
  color: 'light-dark(#3d3008, #f3e6c4)',
  boxShadow: '0 6px 24px light-dark(rgb(60 45 0 / 16%), rgb(0 0 0 / 50%))',
  font: '0.9375rem/1.4 system-ui, sans-serif',
  pointerEvents: 'auto',
}

/** Nothing moves or breaks anew with each second. */
const counting: CSSProperties = { display: 'inline-block', fontVariantNumeric: 'tabular-nums' }

const button: CSSProperties = {
  flex: 'none',
  minHeight: '2.25rem',
  padding: '0.25rem 0.875rem',
  border: 0,
  borderRadius: '0.5rem',
  background: 'light-dark(#5c4708, #f0d58a)',
  color: 'light-dark(#fff, #2a2108)',
  font: 'inherit',
  fontWeight: 600,
  cursor: 'pointer',
}
