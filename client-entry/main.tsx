import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '../fixtures/site/app.tsx'
import { startNavigation } from '../fixtures/site/navigation.ts'
import './styles.ts'

const container = document.getElementById('app')
if (container === null) throw new Error('The page has no element with the id "app".')

startNavigation()
createRoot(container).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
