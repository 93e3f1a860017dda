import { route } from 'liveroot/server'
import { clientComponent, serverFunctions } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import { Arena, reply } from './arena.ts'
import { Peer } from './peer.ts'

const ran: unknown[] = []
const note = (who: string) => () => void ran.push(who)

const shown = serverFunctions('failures/shown', { save: note('save'), constructor: undefined })
serverFunctions('failures/hidden', { drop: note('drop') })
serverFunctions('__proto__', { constructor: note('constructor') })
const Button = clientComponent('FailuresButton', (): ReactNode => null, [shown.save])

function Row() {
  return <b onClick={note('row')} />
}

function App() {
  const [hidden, hide] = useState(false)
  return (
    <main onClick={note('main')}>
      <i onClick={((...args: unknown[]) => args.map((each) => each === args[0])) as never} />
      <u onClick={() => hide(true)} />
      <Row />
      {hidden ? null : <Button />}
    </main>
  )
}

function Private() {
  return (
    <main>
      <p>
        <b onClick={note('private')} />
      </p>
    </main>
  )
}

let arena: Arena

beforeEach(async () => {
  ran.length = 0
  arena = await Arena.open({ routes: [route('/app', App), route('/private', Private)] })
})

afterEach(() => arena.end('0.onClick'))

test('a function is called by its own slot and path only', async () => {
  // Row is slot 2; its button is not where the page has one.
  expect(await arena.refusal('0.onClick', { slot: 2 })).toBeNull()
  expect(ran.splice(0)).toEqual(['row'])
  for (const path of ['0.0.onClick', '0.1.onClick', '0.onclick', '0.onClick ', ' 0.onClick', '00.onClick']) {
    expect(await arena.refusal(path, { slot: 2 })).toBe('not_on_screen')
  }
  expect(await arena.refusal('0.0.0.onClick')).toBe('not_on_screen')
  expect(ran).toEqual([])
})

test('nor by what another root of the same session shows', async () => {
  await arena.peer.mount(2, '/private')
  expect(await arena.refusal('0.0.0.onClick', { root: 1 })).toBe('not_on_screen')
  expect(await arena.refusal('0.1.onClick', { root: 2 })).toBe('not_on_screen')
  expect(await arena.refusal('0.onClick', { root: 2, slot: 2 })).toBe('not_on_screen')
  expect(await arena.refusal('0.0.0.onClick', { root: 2 })).toBeNull()
  expect(ran).toEqual(['private'])
})

test('a handler of another session is out of reach, whatever names it', async () => {
  const other = await Peer.open(arena.scene.port)
  await other.mount(7, '/private')
  const handler = '0.0.0.onClick'
  expect(await arena.refusal(handler, { root: 7 })).toBe('unknown_root')
  expect(await arena.refusal(handler)).toBe('not_on_screen')
  expect(await arena.refusal(`0.0.onClick\n[{"@function":[7,1,1,"${handler}"]}]`)).toBe('unknown_root')
  expect(ran).toEqual([])
  expect(await arena.refusal(handler, { root: 7, from: other })).toBeNull()
  expect(ran).toEqual(['private'])
  other.end()
})

test.each<[string, string, string]>([
  ['that is not there', '[1,1,1,"0.9.onClick"]', 'not_on_screen'],
  ['of a slot that is not there', '[1,1,9,"0.onClick"]', 'not_on_screen'],
  ['of a root that is not there', '[9,1,1,"0.onClick"]', 'unknown_root'],
  ['by the prototype', '[1,1,1,"__proto__"]', 'not_on_screen'],
  ['of a module that is not shown', '[0,0,0,"failures/hidden#drop"]', 'unknown_function'],
  ['without a place', '[]', 'bad_arguments'],
  ['that is null', 'null', 'bad_arguments'],
  ['that is a text', '"0.onClick"', 'bad_arguments'],
  ['with a text for a slot', '[1,1,"1","0.onClick"]', 'bad_arguments'],
  ['with a fraction for a root', '[1.5,1,1,"0.onClick"]', 'bad_arguments'],
  ['with an array for a path', '[1,1,1,["0.onClick"]]', 'bad_arguments'],
  ['bound to one that is not there', '[1,1,1,"0.onClick",[{"@function":[1,1,1,"x"]}]]', 'not_on_screen'],
])('an argument that names a function %s is refused', async (_, mark, code) => {
  for (const args of [`[{"@function":${mark}}]`, `["$undefined",[{"a":{"@function":${mark}}}]]`]) {
    expect(await arena.refusal(`0.0.onClick\n${args}`)).toBe(code)
  }
  expect(ran).toEqual([])
})

test('what stands in several places beside a function is one object there, not a copy for each place', async () => {
  const args = reply({ 0: ['$1', '$1', { '@function': [1, 1, 1, '0.onClick'] }], 1: { a: [] } })
  expect(await arena.answer(`0.0.onClick\n${args}`)).toContain('[true,true,false]')
})

const imported = { root: 0, seen: 0, slot: 0 }

test('a server function is called while a client component on the screen imports it', async () => {
  expect(await arena.refusal('failures/shown#save', imported)).toBeNull()
  await arena.answer('0.1.onClick')
  arena.peer.send('a1,2,2')
  expect(await arena.refusal('failures/shown#save', imported)).toBe('unknown_function')
  expect(ran).toEqual(['save'])
  await arena.end('0.onClick')
  arena = await Arena.open({ routes: [route('/app', App)] })
})

test.each([
  'failures/hidden#drop',
  'failures/hidden#missing',
  'failures/shown#missing',
  'failures/shown',
  'failures/shown#',
  '#save',
  'failures/shown#constructor',
  'failures/shown#__proto__',
  'failures/shown#save#save',
  '__proto__#constructor',
  'constructor#constructor',
  '__proto__',
  'test:FailuresButton#default',
  'fs#readFileSync',
  '../shown#save',
  '',
])('a server function that nothing on the screen imports is unknown_function: %j', async (id) => {
  expect(await arena.refusal(id, imported)).toBe('unknown_function')
  expect(ran).toEqual([])
})
