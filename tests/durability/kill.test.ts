import './live-page.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killCases } from './kill-cases.ts'

const folder = mkdtempSync(join(tmpdir(), 'liveroot-kill-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('with the file store', () => killCases('file', () => join(folder, 'sessions.log')))
