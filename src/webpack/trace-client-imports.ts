import { dirname } from 'node:path'
import type { Compilation, Dependency, Module, NormalModule } from 'webpack'
import { infoOf } from './loader-host.ts'
import { packageOf, splitQuery } from './module-id.ts'

/**
 * On the server, `'use client'` modules are replaced by references, so webpack does not see what they import. A trace
 * follows those imports, through modules that only the browser runs, to the `'use server'` modules that they reach.
 * What it builds on the way is in no chunk. It does not follow imports into packages: to read whole packages for a
 * directive that hardly any has would cost the server's build as much as the client's.
 */
export class ClientImportTrace {
  /** The absolute resources of the `'use server'` modules found. */
  readonly serverModules = new Set<string>()
  readonly #compilation: Compilation
  readonly #followed = new Set<Module>()

  constructor(compilation: Compilation) {
    this.#compilation = compilation
  }

  /** Follows the client modules that the compilation has by now, and was not given before. */
  async follow(): Promise<void> {
    let pending = [...this.#compilation.modules].filter((module) => infoOf(module).liverootClient)
    while (pending.length > 0) {
      const next = await Promise.all(pending.map((module) => this.#followModule(module)))
      pending = next.flat()
    }
  }

  async #followModule(module: Module): Promise<Module[]> {
    const { resource } = module as NormalModule
    if (this.#followed.has(module) || packageOf(resource ?? '')) return []
    this.#followed.add(module)
    if (infoOf(module).liverootServer) {
      this.serverModules.add(resource)
      return []
    }
    const imported = requestsOf(module).map(async (request) => {
      const found = await this.#resolve(resource, request)
      return found === undefined ? undefined : this.#build(found)
    })
    return (await Promise.all(imported)).filter((found) => found !== undefined)
  }

  /** Undefined for what is no JavaScript of the app, and for what only the client's configuration resolves. */
  #resolve(issuer: string, request: string): Promise<string | undefined> {
    const { fileDependencies, contextDependencies, missingDependencies, resolverFactory } = this.#compilation
    const resolver = resolverFactory.get('normal', { dependencyType: 'esm' })
    const watched = { fileDependencies, contextDependencies, missingDependencies }
    return new Promise((resolve) => {
      resolver.resolve({ issuer }, dirname(issuer), request, watched, (_error, resource) => {
        const [path] = splitQuery(resource || '')
        resolve(/\.[cm]?[jt]sx?$/.test(path) && !packageOf(path) ? (resource as string) : undefined)
      })
    })
  }

  /** Runs the module through its loaders; webpack does the same once for a module that the server imports too. */
  #build(resource: string): Promise<Module | undefined> {
    const compilation = this.#compilation
    const { EntryPlugin } = compilation.compiler.webpack
    const dependency = EntryPlugin.createDependency(resource, { name: '' })
    const factory = compilation.dependencyFactories.get(dependency.constructor as never) as never
    const context = compilation.compiler.context
    return new Promise((resolve) => {
      compilation.handleModuleCreation(
        { factory, dependencies: [dependency], originModule: null, context, ...once },
        // What went wrong is among the compilation's errors.
        (_error, module) => resolve(module ?? undefined),
      )
    })
  }
}

/** A module alone, without those that it imports. */
const once = { recursive: false, connectOrigin: false, checkCycle: false }

function requestsOf(module: Module): readonly string[] {
  const { liverootClient } = infoOf(module)
  if (liverootClient) return liverootClient.requests
  const blocks = [module, ...module.blocks]
  const requests = blocks.flatMap(({ dependencies }) => dependencies.map(requestOf))
  return [...new Set(requests.filter((request) => request !== undefined))]
}

function requestOf(dependency: Dependency): string | undefined {
  const { request } = dependency as Dependency & { request?: unknown }
  return typeof request === 'string' && !request.includes('!') ? request : undefined
}
