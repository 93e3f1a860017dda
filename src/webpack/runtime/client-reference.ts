/**
 * Runs inside the server bundle: what `'use client'` modules are replaced by. It repeats React Flight's
 * small contract for client references instead of importing Flight, whose `react-server` build must not
 * be pulled into the layer of the user's code.
 */

const clientReferenceTag = Symbol.for('react.client.reference')

/** A function that stands on the server for an export of a client module. */
export interface ClientReference {
  (...args: unknown[]): never
  readonly $$typeof: symbol
  readonly $$id: string
  readonly $$async: boolean
}

/**
 * Makes the reference for one export.
 *
 * @param id the module's reference id
 * @param name the export's name; `''` means the module as a default import sees it
 * @returns a function that React Flight writes as a client reference, and that throws when called
 */
export function clientReference(id: string, name: string): ClientReference {
  const shown = name === '' || name === 'default' ? `the default export of ${id}` : `${name} (from ${id})`
  const reference = () => {
    throw new Error(
      `liveroot: ${shown} is in a 'use client' module and cannot be called on the server. Render it as a ` +
        'component, or pass it to one as a prop. ' +
        advice(id),
    )
  }
  return Object.defineProperties(reference, {
    name: { value: name || 'default' },
    $$typeof: { value: clientReferenceTag },
    $$id: { value: `${id}#${name}` },
    $$async: { value: false },
  }) as ClientReference
}

function advice(id: string): string {
  const inPackage = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1]
  return inPackage === undefined
    ? 'To share a function, move it to a module without the directive.'
    : `To use the hooks of ${inPackage} in live components, build with new Liveroot({ live: ['${inPackage}'] }).`
}

/** Read by React, promises and serialisers to find out what a value is; never exports. */
const probedKeys = new Set([
  'then',
  'toJSON',
  'defaultProps',
  'displayName',
  'propTypes',
  '_debugInfo',
  'prototype',
])

/**
 * Makes `module.exports` for a CommonJS client module, whose export names cannot all be known in advance:
 * any name read from it is a reference.
 *
 * @param id the module's reference id
 * @param names exports that were found by reading the source, so that `export *` can enumerate them
 * @param isEsModule whether the module marks itself with `__esModule`, which decides what `default` is
 */
export function clientModuleProxy(id: string, names: string[], isEsModule: boolean): ClientReference {
  const target = clientReference(id, '')
  for (const name of names) {
    // Not writable, not configurable would bind the proxy's answers; plain data properties do not.
    Object.defineProperty(target, name, {
      value: clientReference(id, name),
      configurable: true,
      enumerable: true,
      writable: true,
    })
  }
  if (isEsModule) Object.defineProperty(target, '__esModule', { value: true, configurable: true })
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === 'symbol' || key in target || key === '__esModule' || probedKeys.has(key)) {
        return Reflect.get(target, key)
      }
      const reference = clientReference(id, key)
      Object.defineProperty(target, key, { value: reference, configurable: true })
      return reference
    },
    set() {
      throw new Error(`liveroot: cannot assign to ${id} on the server: it is a 'use client' module.`)
    },
  })
}
