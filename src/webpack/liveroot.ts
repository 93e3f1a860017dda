import type { WebpackPluginInstance } from 'webpack'
import type { BuildState } from './build-state.ts'
import { ClientPlugin } from './client-plugin.ts'
import { ServerPlugin } from './server-plugin.ts'

/** What {@link Liveroot} takes. */
export interface LiverootOptions {
  /**
   * Packages, such as `jotai` or `@tanstack/react-query`, whose modules run on the server although they say
   * `'use client'`: libraries of hooks and providers that live components use. None by default.
   *
   * The directive is for servers where hooks cannot run; in a live component they can.
   */
  readonly live?: readonly string[]
}

/**
 * Joins a server and a client webpack configuration into one Liveroot app.
 *
 * ```ts
 * const liveroot = new Liveroot()
 * export default [
 *   { name: 'server', target: 'node', entry: './server.ts', plugins: [liveroot.server()] },
 *   { name: 'client', dependencies: ['server'], entry: './client.tsx', plugins: [liveroot.client()] },
 * ]
 * ```
 *
 * The client configuration must name the server's in `dependencies`: which client modules to bundle is known
 * only when the server bundle is complete.
 */
export class Liveroot {
  readonly #state: BuildState = {}
  readonly #live: readonly string[]

  /** @param options which packages run on the server */
  constructor({ live = [] }: LiverootOptions = {}) {
    this.#live = live
  }

  /**
   * The plugin for the server configuration: replaces `'use client'` modules by references, makes the functions of
   * `'use server'` modules callable, and compiles React Flight against React's `react-server` build beside the full
   * React.
   *
   * @returns a webpack plugin, for one configuration
   */
  server(): WebpackPluginInstance {
    return new ServerPlugin(this.#state, this.#live)
  }

  /**
   * The plugin for the client configuration: bundles the client modules that the server bundle reaches, replaces
   * `'use server'` modules by functions that call them on the server, and writes `client-manifest.json` into the
   * server configuration's output directory.
   *
   * @returns a webpack plugin, for one configuration. The build has an error when the server was not compiled first.
   */
  client(): WebpackPluginInstance {
    return new ClientPlugin(this.#state)
  }
}
