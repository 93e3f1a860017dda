/** What is waited for comes or does not; this is only so long that no machine is too slow for it. */
export const patienceMs = 30_000

/** Waits until a condition holds: turn by turn at first, then without keeping the processor from others. */
export async function until(
  condition: () => boolean,
  why = () => `Waited in vain for ${condition}`,
  timeoutMs = patienceMs,
) {
  const end = Date.now() + timeoutMs
  for (let turn = 0; !condition(); turn++) {
    if (Date.now() > end) throw new Error(why())
    await new Promise<void>((resolve) => {
      if (turn < 20) setImmediate(resolve)
      else setTimeout(resolve, 2)
    })
  }
}
