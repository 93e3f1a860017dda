'use client'

// On the server this is read only to learn its names, for the client module that re-exports it.
export const Inner = () => 'INNER_CODE'
