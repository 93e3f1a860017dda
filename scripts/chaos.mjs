// `npm run chaos`: see tests/chaos/main.ts.
import { runProgram } from './run-program.mjs'

runProgram('tests/chaos/main.ts')
