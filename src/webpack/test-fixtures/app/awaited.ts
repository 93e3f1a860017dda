'use client'

export const awaited = await Promise.resolve('AWAITED_VALUE')
