import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A broker as tests reach it: over a connection that they can cut. */
export interface TcpProxy {
  readonly host: string
  readonly port: number
  /** Connections that are open now. */
  readonly connections: number
  /** Ends every connection; new ones are taken unless the proxy is `down`. */
  cut(): void
  /** While true, new connections are refused. */
  down: boolean
  close(): Promise<void>
}

/** Starts a proxy on loopback, in front of a port. */
export async function startTcpProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<TcpProxy> {
  const pairs = new Set<Socket>()
  const server = createServer((near) => {
    near.on('error', () => {})
    if (proxy.down) return void near.destroy()
    const far = connect(target.port, target.host)
    pairs.add(near)
    far.on('error', () => {})
    far.on('close', () => near.destroy())
    near.on('close', () => {
      far.destroy()
      pairs.delete(near)
    })
    near.pipe(far).pipe(near)
  })
  const proxy = {
    host: '127.0.0.1',
    port: 0,
    down: false,
    get connections() {
      return pairs.size
    },
    cut() {
      for (const near of pairs) near.destroy()
    },
    close() {
      this.down = true
      this.cut()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  await new Promise<void>((resolve) => server.listen(0, proxy.host, resolve))
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}
