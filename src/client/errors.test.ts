import '../testing/webpack-globals.ts'
import { LiverootError, UserError } from '../errors.ts'
import { errorFrom } from './errors.ts'
import { decodePayload, wholePayload } from './flight.ts'

test.each([
  ['', 'nothing'],
  ['{"code":', 'half of it'],
  ['null', 'null'],
  ['"connection_lost"', 'a text'],
  ['{"message":"no code"}', 'no code'],
  ['{"code":"no_such_code"}', 'an unknown code'],
  ['{"code":"toString"}', 'a name that every object has'],
  ['{"code":["bad_frame","x"]}', 'a list for a code'],
])('an error that the server describes by %j is bad_payload: %s', (body) => {
  expect(errorFrom(body)).toMatchObject({ code: 'bad_payload', retry: true })
})

test('an error keeps its code, digest, message and details, also as bytes', () => {
  const body = JSON.stringify({ code: 'user_error', message: 'Full.', details: { seats: 0 } })
  expect(errorFrom(new TextEncoder().encode(body))).toEqual(new UserError('Full.', { seats: 0 }))
  const failed = errorFrom('{"code":"handler_failed","digest":"0a1b"}')
  expect(failed).toBeInstanceOf(LiverootError)
  expect(failed).toMatchObject({ code: 'handler_failed', digest: '0a1b' })
})

describe('a payload', () => {
  test.each(['0:[[1,"x\u000e"]]\n', '0:{"a":', '0:"$Q1"\n1:7\n', '', 'zz'])(
    '%j cannot be decoded: bad_payload, and nobody has to wait for it',
    async (body) => {
      await expect(decodePayload(wholePayload(body))).rejects.toMatchObject({ code: 'bad_payload' })
      const unhandled = jest.fn()
      process.once('unhandledRejection', unhandled)
      void decodePayload(wholePayload(body))
      await new Promise((resolve) => setTimeout(resolve, 5))
      process.off('unhandledRejection', unhandled)
      expect(unhandled).not.toHaveBeenCalled()
    },
  )

  test('that the server could not write is the server’s own error', async () => {
    const row = { digest: '0a1b', name: 'Error', message: 'in the server', stack: [], env: 'Server' }
    const decoded = decodePayload(wholePayload(`0:E${JSON.stringify(row)}\n`))
    await expect(decoded).rejects.toMatchObject({ digest: '0a1b' })
    await expect(decoded).rejects.not.toHaveProperty('code')
  })
})
