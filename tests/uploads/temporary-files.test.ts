import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

test('a process that exits leaves no temporary files', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'leaving-'))
  const script = join(__dirname, 'leaving-process.ts')
  const args = ['--conditions=liveroot-source', '--import', 'tsx', script]
  const env = { ...process.env, TMPDIR: directory, TSX_DISABLE_CACHE: '1' }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  expect(JSON.parse(stdout)).toEqual({ length: 400_000, files: 2 })
  expect(readdirSync(directory)).toEqual([])
  rmSync(directory, { recursive: true })
})
