'use client'

export const Unreachable = () => 'UNREACHABLE_CODE'
