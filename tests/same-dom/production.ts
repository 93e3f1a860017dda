// Imported before React, which chooses its build by this.
process.env.NODE_ENV = 'production'

export {}
