// First, for the client looks for webpack's runtime when it is loaded.
import './webpack-globals.ts'
import { knownFunction } from '../client/server-function.ts'
import { tags } from '../live/template.ts'
import type { ClientModuleMap } from '../server/flight/client-manifest.ts'
import { defineModule } from './webpack-globals.ts'

/** The client manifest of a test: grows with {@link clientComponent}. */
export const clientModules: ClientModuleMap = {}

/**
 * Makes a component a client component, as `'use client'` at the top of its module does in a webpack build: live
 * components render it, and it runs in the browser half of the test.
 *
 * @param name a name of its own within the test.
 * @param Component the component itself.
 * @param imports the functions of `'use server'` modules that it uses, as `serverFunctions` made them.
 * @returns the reference to use in live components; typed like the component.
 */
export function clientComponent<T extends object>(
  name: string,
  Component: T,
  imports: readonly ((...args: never[]) => unknown)[] = [],
): T {
  const id = `test:${name}`
  defineModule(id, { default: Component })
  const functions = imports.flatMap((fn) => knownFunction(fn)?.reference.path ?? [])
  clientModules[id] = { id, chunks: [], name: '*', functions }
  const reference = () => {
    throw new Error(`Client component ${name} cannot be called on the server.`)
  }
  const fields = { $$typeof: tags.clientReference, $$id: `${id}#default`, $$async: false }
  return Object.assign(reference, fields) as unknown as T
}
