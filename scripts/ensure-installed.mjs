// `npm start` and `npm test` work on a fresh clone: install once, and again whenever the lock file moves on.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${top}node_modules/.liveroot-lock`
const lock = readFileSync(`${top}package-lock.json`, 'utf8')
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  // Not `npm ci`: it wants the binaries of every platform in the lock file, which a mirror may not have.
  const options = ['install', '--no-save', '--no-audit', '--no-fund']
  const { status } = spawnSync('npm', options, {
    cwd: top,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(stamp, lock)
}
