/**
 * Writes ES module exports, any name of which may be a reserved word or no identifier at all.
 *
 * @param write gives the expression that makes one export; it must have no side effects, so that what nobody imports
 * is left out
 */
export function writeConstants(names: readonly string[], write: (name: string) => string): string {
  const lines: string[] = []
  const specifiers: string[] = []
  names.forEach((name, index) => {
    lines.push(`const e${index} = /*#__PURE__*/ ${write(name)}`)
    const isPlainName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    specifiers.push(`e${index} as ${isPlainName ? name : JSON.stringify(name)}`)
  })
  lines.push(`export { ${specifiers.join(', ')} }`)
  return `${lines.join('\n')}\n`
}
