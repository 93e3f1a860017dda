import './live/react-types.ts'

/** The development build of `liveroot/jsx-runtime`. */
export { Fragment, jsxDEV } from 'react/jsx-dev-runtime'
export type { JSX } from './live/jsx-types.ts'
