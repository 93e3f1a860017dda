/** The numbers of shared roots start here, and are the server's to choose; those that browsers choose are smaller. */
export const firstSharedRoot = 1_000_000
