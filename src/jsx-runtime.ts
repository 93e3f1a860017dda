import './live/react-types.ts'

/** The automatic JSX runtime of live components: React's, with the types of live events. */
export { Fragment, jsx, jsxs } from 'react/jsx-runtime'
export type { JSX } from './live/jsx-types.ts'
