/** What Node is told in production: `docs/deploys.md` says why. */
const production = ['--max-semi-space-size=128']

/** The flags of V8 with which all servers of this run are started, those of the floors too. */
export let serverFlags: readonly string[] = production

/** The servers of this run have V8 as it comes. */
export function takePlainV8(): void {
  serverFlags = []
}
