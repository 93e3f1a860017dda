/** Longer paths are refused before they are parsed. */
export const longestMountPath = 2048

/** A value that can stand in a route's path or query. */
export type ParamValue = string | number | boolean

/** Names of the parameters in a pattern: `/rooms/:id` has `id`. */
export type ParamNames<Pattern extends string> = Pattern extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamNames<`/${Tail}`>
    : Rest
  : never

/** The names of a pattern's parameters, in order. */
export function paramNames(pattern: string): string[] {
  return [...pattern.matchAll(/:([A-Za-z_]\w*)/g)].map((match) => match[1] as string)
}

/**
 * Fills a pattern with parameters; the ones that it does not name become the query. Returns the name of the first
 * one that is missing as `missing`.
 */
export function fillPattern(
  pattern: string,
  params: Readonly<Record<string, ParamValue | undefined>> = {},
): { path: string; missing?: undefined } | { missing: string } {
  const rest = new Map(Object.entries(params).filter(([, value]) => value !== undefined))
  let missing: string | undefined
  const path = pattern.replace(/:([A-Za-z_]\w*)/g, (_, name: string) => {
    const value = rest.get(name)
    if (value === undefined) missing ??= name
    rest.delete(name)
    return encodeURIComponent(String(value))
  })
  if (missing !== undefined) return { missing }
  const query = new URLSearchParams([...rest].map(([name, value]) => [name, String(value)])).toString()
  return { path: query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}` }
}
