export { Button, default, left, nested } from './button.tsx'
// Parsed, but nothing in the server bundle uses it.
export { Unreachable } from './unreachable.tsx'
