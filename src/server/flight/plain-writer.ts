import { LiverootError } from '../../errors.ts'
import { type Edit, listStep } from '../../live/diff.ts'
import type { ListScript } from '../../live/list-script.ts'
import { Outlet, SharedPlace } from '../../live/shared-place.ts'
import type { Slot } from '../../live/slot.ts'
import { Handler, Hole, isClientReference, TemplateElement, type TemplateNode } from '../../live/template.ts'
import type { Batch, Write } from '../../live/writes.ts'
import type { ClientModuleMap } from './client-manifest.ts'
import { placeProps } from './model.ts'
import { elementKey, wireKey } from './wire-key.ts'

/** Thrown where only React's own writer will do; the caller falls back to it. */
const notPlain = Symbol('not plain')

/** Longer strings are rows of their own in Flight, so that the reader need not unescape them. */
const longString = 1024
/** Longer strings in a client module's address are shared through a row of their own. */
const longImportString = 16

/** Element types for which React's writer keeps a context that changes how it writes what is inside. */
const contextual = new Set(['picture', 'noscript'])

/** What React's development build expects behind an element's props: no owner, no stack, children checked. */
const elementEnd = process.env.NODE_ENV === 'production' ? ']' : ',null,null,1]'

/**
 * Writes a batch as one Flight payload, byte for byte as React's writer does (production build), at a fraction of the
 * cost; null where the batch holds what this does not know. Two differences, both invisible in the tree that comes
 * out: content past 3,200 bytes is not split into lazy rows, and images are not announced by hints.
 */
export function writePlain(batch: Batch, modules: ClientModuleMap): string | null {
  const writer = new PlainWriter(modules)
  try {
    return writer.batch(batch)
  } catch (thrown) {
    if (thrown === notPlain) return null
    throw thrown
  }
}

class PlainWriter {
  private lastId = 0
  private imports = ''
  private rows = ''
  // Most payloads have none of these, and three maps would weigh more than such a payload.
  private references: Map<string, string> | null = null
  private symbols: Map<symbol, string> | null = null
  private importStrings: Map<string, string> | null = null
  private slot: Slot | undefined

  constructor(private readonly modules: ClientModuleMap) {}

  batch({ writes, gone, isPicture, treeName }: Batch): string {
    const name = treeName === undefined ? '' : `,${JSON.stringify(treeName)}`
    let root = isPicture ? `0:[[-2${name}]` : '0:['
    for (const write of writes) root += (root.length > 3 ? ',' : '') + this.write(write)
    if (gone.length > 0) root += `${root.length > 3 ? ',' : ''}[-1,${gone.join(',')}]`
    return `${this.imports}${this.rows}${root}]\n`
  }

  private write(write: Write): string {
    this.slot = write.slot
    if ('template' in write) return `[${write.slot.id},${this.node(write.template)}]`
    let out = write.like === undefined ? `[${write.slot.id}` : `[${write.slot.id},${write.like.id}`
    for (const edit of write.edits) out += this.edit(edit)
    return `${out}]`
  }

  private edit({ path, value }: Edit): string {
    let steps = ''
    for (const step of path) {
      steps += (steps === '' ? '' : ',') + (typeof step === 'number' ? step : this.string(step))
    }
    return `,[${steps}],${path[path.length - 1] === listStep ? this.script(value as ListScript) : this.node(value)}`
  }

  private script({ parts }: ListScript): string {
    let out = ''
    for (const part of parts) {
      if (out !== '') out += ','
      out += 'item' in part ? `-1,${this.node(part.item)}` : `${part.start},${part.count}`
    }
    return `[${out}]`
  }

  private node(value: TemplateNode): string {
    switch (typeof value) {
      case 'string':
        return this.string(value)
      case 'number':
        return number(value)
      case 'boolean':
        return value ? 'true' : 'false'
      case 'undefined':
        return '"$undefined"'
      case 'bigint':
        return `"$n${value}"`
      case 'symbol':
        return `"${this.symbol(value)}"`
      case 'function':
        return `"$${this.clientReference(value)}"`
      default:
        return value === null ? 'null' : this.object(value as object)
    }
  }

  private object(value: object): string {
    if (value instanceof TemplateElement) return this.element(value)
    if (value instanceof Hole) return this.hole(value)
    if (value instanceof Handler) return this.handler(value)
    if (Array.isArray(value)) return this.array(value)
    if (value instanceof Date) return `"$D${value.toJSON()}"`
    if (isClientReference(value)) return `"$${this.clientReference(value)}"`
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) throw notPlain
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') throw notPlain
    return this.fields(value as Record<string, TemplateNode>)
  }

  private array(items: readonly TemplateNode[]): string {
    let out = '['
    for (let i = 0; i < items.length; i++) out += (i === 0 ? '' : ',') + this.node(items[i])
    return `${out}]`
  }

  private element({ type, key, props }: TemplateElement): string {
    if (typeof type === 'string' && contextual.has(type)) throw notPlain
    const wire = elementKey(key)
    const start = wire === null ? 'null' : this.string(wire)
    if (type instanceof SharedPlace)
      return `["$","",${start},${this.fields(placeProps(type, props))}${elementEnd}`
    if (type instanceof Outlet) return `["$","",${start},[-1,${this.string(type.name)}]${elementEnd}`
    const name = typeof type === 'string' ? this.string(type) : `"${this.typeReference(type)}"`
    return `["$",${name},${start},${this.fields(props)}${elementEnd}`
  }

  private typeReference(type: unknown): string {
    return typeof type === 'symbol' ? this.symbol(type) : `$L${this.clientReference(type as object)}`
  }

  private hole(hole: Hole): string {
    const slot = this.slot as Slot
    const key = wireKey(hole, slot.generationOf(hole.path))
    return `["$","",${key === null ? 'null' : this.string(key)},[${slot.idInHole(hole.path)}]${elementEnd}`
  }

  private handler({ path, options }: Handler): string {
    const rest = options === '' ? '' : `,${this.string(options)}`
    return `["$","",null,[${this.string(path)}${rest}]${elementEnd}`
  }

  private fields(fields: Readonly<Record<string, TemplateNode>>): string {
    let out = '{'
    for (const name of Object.keys(fields)) {
      out += `${out.length === 1 ? '' : ','}${JSON.stringify(name)}:${this.node(fields[name])}`
    }
    return `${out}}`
  }

  private string(value: string): string {
    if (value.length >= longString) return this.longText(value)
    return JSON.stringify(value[0] === '$' ? `$${value}` : value)
  }

  private longText(value: string): string {
    const id = this.nextId()
    this.rows += `${id}:T${Buffer.byteLength(value).toString(16)},${value}`
    return `"$${id}"`
  }

  private symbol(value: symbol): string {
    let reference = this.symbols?.get(value)
    if (reference === undefined) {
      const name = value.description
      if (name === undefined || Symbol.for(name) !== value) throw notPlain
      const id = this.nextId()
      this.imports += `${id}:${JSON.stringify(`$S${name}`)}\n`
      reference = `$${id}`
      this.symbols ??= new Map()
      this.symbols.set(value, reference)
    }
    return reference
  }

  private clientReference(reference: object): string {
    if ((reference as { $$async?: boolean }).$$async) throw notPlain
    return this.importRow((reference as { $$id: string }).$$id)
  }

  private importRow(reference: string): string {
    const known = this.references?.get(reference)
    if (known !== undefined) return known
    const hash = reference.lastIndexOf('#')
    const entry = this.modules[reference.slice(0, hash)]
    if (entry === undefined) throw unknownModule(reference)
    const address = [entry.id, entry.chunks, reference.slice(hash + 1), ...(entry.async ? [1] : [])]
    const json = JSON.stringify(address.map((part) => this.importPart(part)))
    const id = this.nextId()
    this.imports += `${id}:I${json}\n`
    this.references ??= new Map()
    this.references.set(reference, id)
    return id
  }

  private importPart(part: unknown): unknown {
    if (Array.isArray(part)) return part.map((each) => this.importPart(each))
    if (typeof part !== 'string') return part
    const escaped = part[0] === '$' ? `$${part}` : part
    if (part.length < longImportString) return escaped
    let reference = this.importStrings?.get(part)
    if (reference === undefined) {
      const id = this.nextId()
      this.imports += `${id}:${JSON.stringify(escaped)}\n`
      reference = `$${id}`
      this.importStrings ??= new Map()
      this.importStrings.set(part, reference)
    }
    return reference
  }

  private nextId(): string {
    return (++this.lastId).toString(16)
  }
}

function number(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '"$-0"' : String(value)
  return value === Number.POSITIVE_INFINITY ? '"$Infinity"' : value < 0 ? '"$-Infinity"' : '"$NaN"'
}

function unknownModule(reference: string): LiverootError {
  return new LiverootError(
    'unknown_client_module',
    `The client component ${reference} is not in the client manifest. Build both bundles with the same ` +
      '`Liveroot` plugin, the server first.',
  )
}
