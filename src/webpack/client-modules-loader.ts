import type { LoaderContext } from 'webpack'
import type { ReachedClientModule } from './build-state.ts'

/** What the client's plugin gives to this loader. */
export interface ClientModulesHost {
  clientModules: readonly ReachedClientModule[]
}

type Context = LoaderContext<object> & { liverootClientModules?: ClientModulesHost }

/**
 * Webpack loader for the client build: writes `runtime/client-modules`, one `import()` for each client module
 * that the server bundle reaches. It makes webpack put them into lazy chunks; the code itself never runs.
 */
export default function clientModulesLoader(this: Context): string {
  // The list is in memory, so webpack cannot see when it changes.
  this.cacheable(false)
  const lines: string[] = []
  for (const { request, usedExports } of this.liverootClientModules?.clientModules ?? []) {
    const comments = ['webpackMode: "lazy"']
    // Lets webpack drop what the server cannot name.
    if (usedExports) comments.push(`webpackExports: ${JSON.stringify(usedExports)}`)
    lines.push(`import(/* ${comments.join(', ')} */ ${JSON.stringify(request)})`)
  }
  return `${lines.join('\n')}\n`
}
