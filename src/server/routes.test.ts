import { Routes, route } from './routes.ts'

const Page = () => null
const match = (routes: ReturnType<typeof route>[], path: string) => {
  const found = new Routes(routes).match(path)
  return [found.route.pattern, found.props]
}

test('fixed segments are preferred to parameters, however the routes are ordered', () => {
  const routes = [
    route('/rooms/:id', Page),
    route('/:kind/new', Page),
    route('/rooms/new', Page),
    route('/', Page),
  ]
  expect(match(routes, '/rooms/new')).toEqual(['/rooms/new', {}])
  expect(match(routes, '/rooms/7')).toEqual(['/rooms/:id', { id: '7' }])
  expect(match(routes, '/things/new')).toEqual(['/:kind/new', { kind: 'things' }])
  expect(match(routes, '/')).toEqual(['/', {}])
  expect(match([...routes].reverse(), '/rooms/new')).toEqual(['/rooms/new', {}])
})

test('parameters are decoded after the path is split, and parsed', () => {
  const routes = [route('/:a/x/:b', Page, { params: { b: Number } })]
  expect(match(routes, '/one%2Ftwo%20%C3%A9/x/3')).toEqual(['/:a/x/:b', { a: 'one/two é', b: 3 }])
  expect(match(routes, '/%/x/3')).toEqual(['/:a/x/:b', { a: '%', b: 3 }])
})

test('the query gives what a parser asks for, and nothing else', () => {
  const routes = [route('/:id', Page, { params: { id: Number, page: Number } })]
  expect(match(routes, '/1?page=2&evil=3&id=9')).toEqual(['/:id', { id: 1, page: 2 }])
  expect(match(routes, '/1')).toEqual(['/:id', { id: 1 }])
  expect(match([route('/', Page, { params: { q: String } })], '/?q=a?b')).toEqual(['/', { q: 'a?b' }])
})

test('a parser that throws refuses with bad_params and says which', () => {
  const refuse = () => {
    throw new Error('not today')
  }
  expect(() => match([route('/:id', Page, { params: { id: refuse } })], '/1')).toThrow(
    expect.objectContaining({ code: 'bad_params', message: expect.stringMatching(/"id".*not today/) }),
  )
})

test.each(['/nothing', '/rooms', '/rooms/1/2', '', '/ROOMS/1'])('%p matches no route', (path) => {
  expect(() => match([route('/rooms/:id', Page)], path)).toThrow(
    expect.objectContaining({ code: 'unknown_route' }),
  )
})

test('a parameter’s name that every object has is a name like others', () => {
  const routes = [route('/:constructor/:toString', Page)]
  expect(match(routes, '/a/b')).toEqual(['/:constructor/:toString', { constructor: 'a', toString: 'b' }])
})

test.each(['rooms', '/:', '/:1a', '/:a-b', '/:a/:a'])('the pattern %p is refused', (pattern) => {
  expect(() => route(pattern, Page)).toThrow(expect.objectContaining({ code: 'bad_route' }))
})

test('two routes of one shape are refused', () => {
  const twice = () => new Routes([route('/a/:x', Page), route('/a/:y', Page)])
  expect(twice).toThrow(expect.objectContaining({ code: 'bad_route' }))
  expect(() => new Routes([route('/a/:x', Page), route('/:x/a', Page)])).not.toThrow()
})
