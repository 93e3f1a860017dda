// `npm run soak`: see tests/soak/main.ts.
import { runProgram } from './run-program.mjs'

runProgram('tests/soak/main.ts')
