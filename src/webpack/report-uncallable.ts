import type { Compilation, ModuleGraphConnection } from 'webpack'
import type { ServerModuleInfo } from './build-state.ts'

interface ServerImport {
  readonly info: ServerModuleInfo
  /** The exports that are imported; `*` where webpack cannot tell. */
  readonly names: readonly string[]
  readonly connection: ModuleGraphConnection
  /** The ids of the server bundle's `'use server'` modules. */
  readonly serverModules: ReadonlySet<string>
}

/** Adds an error to the client's compilation for an import whose calls are sure to fail. */
export function reportUncallable(
  compilation: Compilation,
  { info, names, connection, serverModules }: ServerImport,
): void {
  const { requestShortener } = compilation
  const importer = connection.originModule?.readableIdentifier(requestShortener)
  const imported = connection.module.readableIdentifier(requestShortener)
  const add = (text: string) => {
    const message = `liveroot/webpack: ${text}`
    // A module has one connection for each place that uses the import.
    if (compilation.errors.some((error) => error.message === message)) return
    const error = new compilation.compiler.webpack.WebpackError(message)
    error.module = connection.originModule
    compilation.errors.push(error)
  }
  if (!serverModules.has(info.id)) {
    add(
      `${importer} imports ${imported}, a 'use server' module that is not in the server bundle: the server's build ` +
        'does not follow the imports of client modules into packages. Import it in a module of the server, too.',
    )
  }
  for (const name of names.filter((each) => info.notFunctions.includes(each))) {
    add(
      `${importer} imports ${name} from ${imported}, a 'use server' module. Only functions can be called from the ` +
        'browser: move it to a module without the directive.',
    )
  }
}
