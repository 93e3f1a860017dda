import './production.ts'
import './environment.ts'
import { checkSameDom } from './property.ts'

// Started by scripts/fuzz.mjs: runs its share of the sequences and tells how far it is.
const [runs = '1000', seed = '0', skip = '0'] = process.argv.slice(2)
let done = 0

async function main(): Promise<number> {
  try {
    await checkSameDom({ runs: Number(runs), seed: Number(seed), skip: Number(skip) }, () => {
      if (++done % 100 === 0) process.send?.(done)
    })
    return 0
  } catch (error) {
    console.error(error)
    return 1
  }
}

main().then((code) => process.exit(code))
