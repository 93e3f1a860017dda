/** The browsers of one measurement: `main.ts <scenario> <system> <port> [profile]`. Tells its parent the figures. */
import { type PlanName, plans, type System } from '../plans.ts'
import { Measurement } from './measure.ts'
import { measureScale } from './scale.ts'

const [name, system, port, profile] = process.argv.slice(2) as [PlanName | 'scale', System, string, string?]
const withProfile = profile === 'profile'

const figures =
  name === 'scale'
    ? await measureScale(Number(port), withProfile)
    : await Measurement.run(system, plans[name], Number(port), withProfile)
process.send?.(figures, () => process.exit(0))
