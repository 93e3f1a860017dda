/** One client for all that ask, made at the first question; after one that could not be made, another is tried. */
export class SharedClient<Client> {
  private client: Promise<Client> | undefined

  constructor(
    private readonly connect: () => Promise<Client>,
    private readonly disconnect: (client: Client) => unknown,
  ) {}

  async get(): Promise<Client> {
    this.client ??= this.connect()
    try {
      return await this.client
    } catch (error) {
      this.client = undefined
      throw error
    }
  }

  /** Does something with the client; one that it fails with is not used again. */
  async use<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await this.get()
    try {
      return await work(client)
    } catch (error) {
      this.client = undefined
      await this.disconnect(client)
      throw error
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined)
    this.client = undefined
    if (client !== undefined) await this.disconnect(client)
  }
}
