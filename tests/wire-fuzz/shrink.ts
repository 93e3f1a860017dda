/**
 * Takes away what a failing list does not need to fail, large parts first.
 *
 * @param fails whether a list still fails.
 * @param tries how often it may be asked.
 */
export async function shrink<T>(
  list: readonly T[],
  fails: (list: readonly T[]) => Promise<boolean>,
  tries = 200,
): Promise<readonly T[]> {
  let smallest = list
  let left = tries
  for (let size = Math.ceil(smallest.length / 2); size >= 1 && left > 0; ) {
    let shorter = false
    for (let at = 0; at < smallest.length && left > 0; left--) {
      const without = [...smallest.slice(0, at), ...smallest.slice(at + size)]
      if (await fails(without)) {
        smallest = without
        shorter = true
      } else at += size
    }
    if (size === 1 && !shorter) break
    size = Math.max(1, Math.floor(size / 2))
  }
  return smallest
}
