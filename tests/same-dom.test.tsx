import './same-dom/production.ts'
import './same-dom/environment.ts'
import { checkSameDom } from './same-dom/property.ts'

const runs = 1000
const seed = 20260

test(`a live tree gives the DOM that React gives, in ${runs} random sequences`, async () => {
  await checkSameDom({ runs, seed })
}, 600_000)
