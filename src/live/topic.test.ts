import { topic } from 'liveroot'
import { nameOf } from './topic.ts'

const room = topic<{ text: string }, 'id' | 'part'>('room:{id}:{part}')

test('parameters are filled in, and cannot become segments or wildcards', () => {
  expect(room.with({ id: 42, part: 'chat' }).name).toBe('room:42:chat')
  expect(room.with({ id: 'a:b%', part: '**' }).name).toBe('room:a%3Ab%25:%2A%2A')
  expect(room.params('room:a%3Ab%25:%2A%2A')).toEqual({ id: 'a:b%', part: '**' })
  expect(room.params('room:1')).toBeNull()
  expect(room.params('hall:1:2')).toBeNull()
  expect(room.any.name).toBe('room:*:*')
})

test('a missing parameter, a parameter that is no segment, and a family in the place of a topic are refused', () => {
  const incomplete = { id: 1 } as unknown as Record<'id' | 'part', number>
  expect(() => room.with(incomplete)).toThrow('"part"')
  expect(() => room.with({ id: '', part: 1 })).toThrow('"id"')
  expect(() => topic('room-{id}')).toThrow('segment')
  expect(() => topic('a:{id}:{id}')).toThrow('segment')
  expect(() => nameOf(room)).toThrow('parameters')
  expect(nameOf(topic('plain'))).toBe('plain')
  expect(nameOf('text')).toBe('text')
})
