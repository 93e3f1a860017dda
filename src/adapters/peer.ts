import { LiverootError } from '../errors.ts'

/**
 * Loads the package of a broker's client, which only applications that use the broker have.
 *
 * @throws `missing_peer` where it is not installed.
 */
export async function loadPeer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const { code } = cause as { code?: string }
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause
    throw new LiverootError('missing_peer', `The package "${name}" is not installed: npm install ${name}`, {
      cause,
    })
  }
}
