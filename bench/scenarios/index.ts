import { Counter } from '../../fixtures/counter/counter.tsx'
import type { FanoutScenario, PlanName } from '../plans.ts'
import { chatAppend } from './chat.tsx'
import { closuresOnly } from './closures.tsx'
import { counter } from './counter.tsx'
import { dashboardFive } from './dashboard.tsx'
import { fanoutPrivate, fanoutShared, fanoutTable } from './fanout.tsx'
import type { Scenario } from './scenario.ts'
import { sharedCounter } from './shared-counter.tsx'
import { tableCell, tablePrepend } from './table.tsx'

export const scenarios: Readonly<Record<PlanName | 'scale' | 'clicks' | FanoutScenario, Scenario>> = {
  counter,
  'table-cell': tableCell,
  'dashboard-five': dashboardFive,
  'chat-append': chatAppend,
  'table-prepend': tablePrepend,
  'closures-only': closuresOnly,
  scale: sharedCounter,
  // The demo's own page.
  'fanout-private': fanoutPrivate,
  'fanout-shared': fanoutShared,
  'fanout-table': fanoutTable,
  clicks: { ...counter, component: Counter },
}
