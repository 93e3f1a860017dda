/**
 * React Flight's server half inside a webpack bundle. `liveroot/webpack` compiles this file and all it
 * imports in a layer of its own which resolves React's `react-server` build; the rest of the bundle keeps
 * the full React. `unbundled.ts` exports the same names for plain Node.
 */
export {
  createTemporaryReferenceSet,
  decodeReply,
  registerClientReference,
  registerServerReference,
  renderToReadableStream,
} from 'react-server-dom-webpack/server'
