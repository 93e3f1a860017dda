// Run by temporary-files.test.ts in a process of its own, which ends while files are on their way and with a call.
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { bytesOf, openPipe } from './pipe.ts'

const { client, server } = openPipe()
const [mark] = await client.sendAll([new Blob([new Uint8Array(400_000)])])
const { length } = await bytesOf(server.take(1, mark))
void client.sendAll([new Blob([new Uint8Array(3_000_000)])])
await new Promise((resolve) => setTimeout(resolve, 20))
console.log(JSON.stringify({ length, files: readdirSync(tmpdir()).length }))
process.exit()
