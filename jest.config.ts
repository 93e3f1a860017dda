import type { Config } from 'jest'

const shared = {
  testEnvironment: 'node',
  // The globals of jsdom are looked at by its own timers after a test file ends.
  testEnvironmentOptions: {
    globalsCleanup: 'off',
    customExportConditions: ['liveroot-source', 'node', 'node-addons'],
  },
  transform: {
    '\\.[jt]sx?$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs', importInterop: 'node' },
      },
    ],
  },
  moduleNameMapper: {
    '^liveroot$': '<rootDir>/src/index.ts',
    '^liveroot/(jsx-runtime|jsx-dev-runtime)$': '<rootDir>/src/$1.ts',
    '^liveroot/(server|client|webpack|testing|opentelemetry)$': '<rootDir>/src/$1/index.ts',
    '^liveroot/(redis|nats|rabbitmq|postgres)$': '<rootDir>/src/adapters/$1/index.ts',
  },
  setupFilesAfterEnv: ['<rootDir>/tests/support/retry.ts'],
  // Packages that are ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!devalue/)'],
  testPathIgnorePatterns: ['/node_modules/', '/build/', '/dist/', '/test-fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/'],
} satisfies Config

const config: Config = {
  // So long that no machine is too slow: what is waited for by itself has a deadline that says what it was.
  testTimeout: 120_000,
  testSequencer: '<rootDir>/scripts/test-order.cjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.test.ts?(x)',
        '<rootDir>/tests/!(browser|brokers)/**/*.test.ts?(x)',
        '<rootDir>/tests/*.test.ts?(x)',
        '<rootDir>/tests/{live-tree,failures,triggers}/*.test.ts?(x)',
      ],
    },
    {
      ...shared,
      displayName: 'browser',
      testMatch: ['<rootDir>/tests/browser/*.test.ts'],
      globalSetup: '<rootDir>/tests/browser/build.ts',
    },
    {
      ...shared,
      displayName: 'brokers',
      testMatch: ['<rootDir>/tests/brokers/**/*.test.ts?(x)'],
    },
  ],
}

export default config
