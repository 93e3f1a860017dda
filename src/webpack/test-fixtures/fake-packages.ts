import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Client modules and server functions from packages, in the forms that compilers and people write. Git ignores `node_modules`. */
const packages: Record<string, string> = {
  'fake-kit': `"use strict";
"use client";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Dialog = () => "DIALOG_CODE";
exports["Unknown"] = "UNKNOWN_VALUE";
`,
  'fake-actions': `"use server";
export const packaged = () => "PACKAGED_CODE";
`,
  'fake-lone': `"use client";
module.exports = function Lone() { return "LONE_CODE" };
`,
}

export function writeFakePackages(app: string): void {
  for (const [name, source] of Object.entries(packages)) {
    const directory = join(app, 'node_modules', name)
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ name, main: 'index.js', sideEffects: false }))
    writeFileSync(join(directory, 'index.js'), source)
  }
}

export function removeFakePackages(app: string): void {
  rmSync(join(app, 'node_modules'), { recursive: true, force: true })
}
