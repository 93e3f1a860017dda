import { LiverootError } from '../errors.ts'

/** Whoever asks hears of it, and may try again. */
const patienceMs = 5_000

/**
 * Waits for a broker that has not answered yet, but not for ever.
 *
 * @throws `store_unreachable`
 */
export async function reached<Client>(connecting: Promise<Client>, name: string): Promise<Client> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new LiverootError('store_unreachable', `${name} has not answered for ${patienceMs} ms.`))
    }, patienceMs)
  })
  try {
    return await Promise.race([connecting, late])
  } finally {
    clearTimeout(timer)
  }
}
