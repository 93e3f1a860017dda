// `npm run cluster`: see fixtures/cluster/main.ts.
import { runProgram } from './run-program.mjs'

runProgram('fixtures/cluster/main.ts')
