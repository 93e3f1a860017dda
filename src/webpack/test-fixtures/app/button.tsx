/* A comment may stand first. */
'use client'
import type { ReactNode } from 'react'
import { label } from './button-label.ts'
import './button.css'

export type Unseen = string

export function Button({ children }: { children?: ReactNode }) {
  return (
    <button type="button" className="button">
      {label} {children}
    </button>
  )
}

export default function DefaultButton() {
  return <Button>default</Button>
}

export const {
  left,
  inner: [nested],
} = { left: 'LEFT_VALUE', inner: ['NESTED_VALUE'] }

export const unusedExport = () => 'UNUSED_EXPORT_CODE'
