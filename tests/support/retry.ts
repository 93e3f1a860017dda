/**
 * Where other work takes a machine's cores for many seconds, even a generous deadline can pass. A test that fails is run
 * again, and the log says what it failed of before: one that is wrong fails each time.
 */
jest.retryTimes(2, { logErrorsBeforeRetry: true })
