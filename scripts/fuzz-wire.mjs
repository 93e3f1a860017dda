// `npm run fuzz:wire`: see tests/wire-fuzz/main.ts.
import { runProgram } from './run-program.mjs'

runProgram('tests/wire-fuzz/main.ts')
