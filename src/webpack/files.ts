import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

// `.ts` when run from source, `.js` when installed.
const extension = extname(new URL(import.meta.url).pathname)

function ownFile(path: string): string {
  return fileURLToPath(new URL(path + extension, import.meta.url))
}

/** Liveroot's own files that the plugins bring into a compilation. */
export const ownFiles = {
  clientBoundaryLoader: ownFile('./client-boundary-loader'),
  clientModulesLoader: ownFile('./client-modules-loader'),
  clientReference: ownFile('./runtime/client-reference'),
  clientModules: ownFile('./runtime/client-modules'),
  clientServerFunction: ownFile('../client/server-function'),
  flightServer: ownFile('../server/flight/bundled'),
  serverFunctions: ownFile('../server/server-functions'),
  serverFunctionsLoader: ownFile('./server-functions-loader'),
  serverStubsLoader: ownFile('./server-stubs-loader'),
}
