import type { Compiler, RuleSetRule } from 'webpack'
import { ownFiles } from './files.ts'

/** The webpack layer of React Flight's server half and of the React that it uses. */
export const flightLayer = 'react-server'

/**
 * Adds the rules by which React Flight, and nothing else, gets React's `react-server` build. Modules inherit
 * the layer of whoever imports them.
 */
export function addFlightLayer(compiler: Compiler): void {
  // A rule's `resolve` is for what the module imports, so the first file needs it as well as those after it.
  const resolve = { conditionNames: ['react-server', '...'] }
  const rules: RuleSetRule[] = [
    { resource: ownFiles.flightServer, layer: flightLayer, resolve },
    { issuerLayer: flightLayer, resolve },
  ]
  compiler.options.module.rules.push(...rules)
  // Older webpack 5 versions have layers behind a switch.
  Object.assign(compiler.options.experiments, { layers: true })
}
