// `npm run chaos:cluster`: see tests/cluster/main.ts.
import { runProgram } from './run-program.mjs'

runProgram('tests/cluster/main.ts')
