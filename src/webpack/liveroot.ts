import type { WebpackPluginInstance } from 'webpack'
import type { BuildState } from './build-state.ts'
import { ClientPlugin } from './client-plugin.ts'
import { ServerPlugin } from './server-plugin.ts'

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

  /**
   * The plugin for the server configuration: replaces `'use client'` modules by references, and compiles React
   * Flight against React's `react-server` build beside the full React.
   *
   * @returns a webpack plugin, for one configuration
   */
  server(): WebpackPluginInstance {
    return new ServerPlugin(this.#state)
  }

  /**
   * The plugin for the client configuration: bundles the client modules that the server bundle reaches, and writes
   * `client-manifest.json` into the server configuration's output directory.
   *
   * @returns a webpack plugin, for one configuration. The build has an error when the server was not compiled first.
   */
  client(): WebpackPluginInstance {
    return new ClientPlugin(this.#state)
  }
}
