import { LiverootError } from '../errors.ts'

// What cannot stand in a live tree, said to its author: the component, the prop, and what to do instead.

export function refOnHost(owner: string, type: unknown): LiverootError {
  const name = typeof type === 'string' ? type : 'a client component'
  return new LiverootError(
    'ref_on_host',
    `<${owner}> sets \`ref\` on <${name}>. Its DOM node lives in the browser: move the code that needs the node into a ` +
      "'use client' component.",
  )
}

export function functionOnHost(owner: string, prop: string): LiverootError {
  return new LiverootError(
    prop === 'ref' ? 'ref_on_host' : 'function_in_data',
    `<${owner}> passes a function as prop \`${prop}\` of a host element. Only event handlers (\`onClick\`), \`action\` and ` +
      '`formAction` can be functions there.',
  )
}

export function functionAsChild(owner: string): LiverootError {
  return new LiverootError(
    'function_in_data',
    `<${owner}> passes a function as \`children\`. A child is rendered where it is used, in the browser, and cannot wait ` +
      'for the server: render it into elements, or call the component.',
  )
}

export function functionInData(owner: string, prop: string): LiverootError {
  return new LiverootError(
    'function_in_data',
    `<${owner}> passes a function inside the data of prop \`${prop}\`. A function can travel only as a prop of its own: ` +
      'pass it directly, beside the data.',
  )
}

export function classInstance(owner: string, prop: string, value: object): LiverootError {
  const name = value.constructor?.name
  return new LiverootError(
    'class_instance',
    `<${owner}> passes ${name ? `an instance of ${name}` : 'an object without a prototype'} in prop \`${prop}\`. Only ` +
      'plain data, elements and functions can travel to the browser: pass the fields that are needed.',
  )
}

export function notAChild(owner: string, value: object): LiverootError {
  return new LiverootError(
    'not_a_child',
    `<${owner}> renders an object with keys {${Object.keys(value).join(', ')}} as a child. Only React nodes can be ` +
      'children; render its fields, or an array.',
  )
}

export function tooDeep(owner: string, maxDepth: number): LiverootError {
  return new LiverootError(
    'too_deep',
    `The output of <${owner}> is nested deeper than ${maxDepth} levels. Data that refers to itself cannot travel.`,
  )
}

export function sharedProp(component: string, path: string, found: string): LiverootError {
  const [prop] = path.split('.')
  return new LiverootError(
    'shared_prop',
    `The shared component <${component}> is given ${found} in prop \`${prop}\` (${path}). All its viewers see one ` +
      'instance, so its props are data that can be compared; what is one viewer’s own is given as elements.',
  )
}
