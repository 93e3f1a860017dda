import { build, configure } from './build.ts'

/** The server's plugin is there, but its configuration is not built. */
export function buildClientAlone(outputPath: string): Promise<void> {
  const [, client] = configure('development', outputPath)
  return build([{ ...client, dependencies: [] }])
}
