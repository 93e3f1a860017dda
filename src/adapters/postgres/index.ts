// What Liveroot can do with PostgreSQL. Its client is an optional peer, loaded when it is first used.
export {}
