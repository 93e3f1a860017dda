'use client'

// Only the client entry imports this module too: it must not be loaded twice.
export const Panel = () => 'PANEL_CODE'
