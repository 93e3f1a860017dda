'use client'

export * from './deep/index.ts'
export const own = 'OWN_CODE'
