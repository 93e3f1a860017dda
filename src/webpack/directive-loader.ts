import type { Program } from 'estree'
import type { HostedContext, LoaderHost, SourceMapArgument } from './loader-host.ts'
import { hasDirective } from './module-exports.ts'
import { refuseBothDirectives } from './module-syntax.ts'

/** A module with the directive, as a loader gets it. */
export interface DirectiveModule {
  readonly context: HostedContext
  readonly host: LoaderHost
  readonly program: Program
}

/** What a loader makes of such a module: other code in its place, or more code behind its own. */
export type Rewritten = { readonly code: string } | { readonly appended: string }

interface DirectiveLoader {
  readonly directive: 'use client' | 'use server'
  readonly rewrite: (module: DirectiveModule) => Promise<Rewritten>
  /** Looks at a module that has the directive somewhere, but not at its top. */
  readonly inspectOther?: (program: Program) => void
}

/** Runs a loader on the modules with its directive at their top; every other module is left alone. */
export function runDirectiveLoader(
  context: HostedContext,
  source: string,
  sourceMap: SourceMapArgument,
  loader: DirectiveLoader,
): void {
  const callback = context.async()
  const leave = () => callback(null, source, sourceMap)
  const host = context.liveroot
  // The text test spares nearly all modules a second parse.
  if (!host || !source.includes(loader.directive)) return leave()
  rewriteModule(context, host, source, loader).then((rewritten) => {
    if (rewritten === undefined) leave()
    // What stands in the module's place has nothing that its source map could tell of.
    else if ('code' in rewritten) callback(null, rewritten.code)
    else callback(null, source + rewritten.appended, sourceMap)
  }, callback)
}

async function rewriteModule(
  context: HostedContext,
  host: LoaderHost,
  source: string,
  { directive, rewrite, inspectOther }: DirectiveLoader,
): Promise<Rewritten | undefined> {
  const program = host.parse(source)
  refuseBothDirectives(program)
  if (hasDirective(program, directive)) return rewrite({ context, host, program })
  inspectOther?.(program)
  return undefined
}
