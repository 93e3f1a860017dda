import type { ComponentType, ReactNode } from 'react'
import { LiverootError } from '../errors.ts'
import type { ParamNames } from '../protocol/mount-path.ts'
import type { Guard } from './guard.ts'

/** Turns the text of a parameter into a value; throws to refuse it. */
export type ParamParser<T = unknown> = (text: string) => T

/** Parsers by parameter name: those of the path, and those that may stand in the query. */
export type ParamParsers = Readonly<Record<string, ParamParser>>

type PathParams<Pattern extends string, Parsers extends ParamParsers> = {
  [Name in ParamNames<Pattern>]: Name extends keyof Parsers ? ReturnType<Parsers[Name]> : string
}

type QueryParams<Pattern extends string, Parsers extends ParamParsers> = {
  [Name in Exclude<keyof Parsers, ParamNames<Pattern>>]?: ReturnType<Parsers[Name]>
}

/** The props that a route's component gets: its parameters, parsed. */
export type RouteProps<
  Pattern extends string,
  Parsers extends ParamParsers = Record<never, never>,
> = PathParams<Pattern, Parsers> & QueryParams<Pattern, Parsers>

// biome-ignore lint/suspicious/noExplicitAny: the props are checked where the route is made
type AnyComponent = (props: any) => ReactNode | Promise<ReactNode> | AsyncIterable<ReactNode>

/** A component for a pattern; made by {@link route}. */
export interface Route {
  readonly pattern: string
  readonly component: AnyComponent | ComponentType<never>
  readonly parsers: ParamParsers
  readonly guard: Guard | undefined
  /** False where the state of its trees is not stored. */
  readonly durable: boolean
}

/**
 * Makes a component mountable by browsers.
 *
 * @param pattern a path whose segments are fixed (`/rooms`) or parameters (`/:id`).
 * @param component gets the parameters as props: text, or what the parser of that name returns.
 * @param options `params` holds a parser per parameter, such as `{ id: Number }`. A parser for a name that is not in
 *   the pattern takes that name from the query, and the prop is absent where the query has none. `guard` says whether
 *   a session may have this route, from the session and the parameters: true, false, or `{ redirect: '/login' }`, or a
 *   promise of one. Where it does not let in, throws or rejects, `LiveRoot` throws `forbidden`, with `{ redirect }` in `details`.
 *   It is asked again when the session's user changes.
 * @returns the route, for `createLiveServer`.
 * @throws `bad_route` when the pattern does not start with a slash or names a parameter twice.
 */
export function route<const Pattern extends string, Parsers extends ParamParsers = Record<never, never>>(
  pattern: Pattern,
  component:
    | ((props: RouteProps<Pattern, Parsers>) => ReactNode | Promise<ReactNode> | AsyncIterable<ReactNode>)
    | ComponentType<RouteProps<Pattern, Parsers>>,
  options: { params?: Parsers; guard?: Guard<RouteProps<Pattern, Parsers>>; durable?: boolean } = {},
): Route {
  parsePattern(pattern)
  const { params: parsers = {}, guard, durable = true } = options
  return {
    pattern,
    component: component as AnyComponent,
    parsers,
    guard: guard as Guard | undefined,
    durable,
  }
}

type Segment = { readonly text: string } | { readonly param: string }

function parsePattern(pattern: string): Segment[] {
  const names = new Set<string>()
  if (!pattern.startsWith('/'))
    throw new LiverootError('bad_route', `Route "${pattern}" must start with a slash.`)
  return segmentsOf(pattern).map((text) => {
    if (!text.startsWith(':')) return { text }
    const param = text.slice(1)
    if (!/^[A-Za-z_]\w*$/.test(param) || names.has(param)) {
      throw new LiverootError(
        'bad_route',
        `Route "${pattern}" has a parameter without a name, or the same one twice.`,
      )
    }
    names.add(param)
    return { param }
  })
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

/** A route that a path matched, with the props that its component gets. */
export interface Match {
  readonly route: Route
  readonly props: Readonly<Record<string, unknown>>
}

interface Compiled {
  readonly route: Route
  readonly segments: readonly Segment[]
}

/** The routes of a server. A fixed segment is preferred to a parameter; otherwise the order is that of declaration. */
export class Routes {
  private readonly routes: readonly Compiled[]

  constructor(routes: readonly Route[]) {
    const shapes = new Set<string>()
    this.routes = routes
      .map((each) => ({ route: each, segments: parsePattern(each.pattern) }))
      .sort((a, b) => specificity(b) - specificity(a))
    for (const { route: each, segments } of this.routes) {
      const shape = segments.map((segment) => ('text' in segment ? segment.text : ':')).join('/')
      if (shapes.has(shape))
        throw new LiverootError('bad_route', `Route "${each.pattern}" is declared twice.`)
      shapes.add(shape)
    }
  }

  /**
   * Finds the route of a path with an optional query.
   *
   * @throws `unknown_route` where there is none, `bad_params` when a parser refuses.
   */
  match(target: string): Match {
    const mark = `${target}?`.indexOf('?')
    const [path, query] = [target.slice(0, mark), target.slice(mark + 1)]
    const segments = segmentsOf(path).map(decodeSegment)
    for (const each of this.routes) {
      const texts = matchSegments(each.segments, segments)
      if (texts !== null) return { route: each.route, props: parseParams(each.route, texts, query) }
    }
    throw new LiverootError('unknown_route', `No live route matches "${path}".`)
  }
}

function specificity({ segments }: Compiled): number {
  return segments.filter((segment) => 'text' in segment).length
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function matchSegments(pattern: readonly Segment[], path: readonly string[]): Map<string, string> | null {
  if (pattern.length !== path.length) return null
  const texts = new Map<string, string>()
  for (let i = 0; i < pattern.length; i++) {
    const segment = pattern[i] as Segment
    if ('param' in segment) texts.set(segment.param, path[i] as string)
    else if (segment.text !== path[i]) return null
  }
  return texts
}

function parseParams(
  { parsers, pattern }: Route,
  texts: Map<string, string>,
  query: string,
): Record<string, unknown> {
  const search = new URLSearchParams(query)
  for (const name of Object.keys(parsers)) {
    const text = search.get(name)
    if (text !== null && !texts.has(name)) texts.set(name, text)
  }
  const props: Record<string, unknown> = {}
  for (const [name, text] of texts) {
    try {
      props[name] = Object.hasOwn(parsers, name) ? parsers[name]?.(text) : text
    } catch (cause) {
      const message = `Parameter "${name}" of route "${pattern}" was refused: ${(cause as Error)?.message ?? cause}`
      throw new LiverootError('bad_params', message, { cause })
    }
  }
  return props
}
