/** What one click of a real browser client puts on the wire: mean bytes of the payloads of WebSocket messages. */
export interface ClickRecording {
  /** The arguments of a click on the button, as the client sends them. */
  readonly clickArguments: string
  readonly call: number
  /** All acknowledgements of a click together. */
  readonly acknowledgements: number
  readonly frame: number
  readonly result: number
  /** How many messages a click takes, each way. */
  readonly messagesUp: number
  readonly messagesDown: number
}
