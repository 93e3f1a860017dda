import { encode } from '../protocol/codec.ts'
import type { Body } from '../protocol/messages.ts'
import { PreparedMessage } from './transport.ts'

/** A frame of a shared root: one text for all its viewers. */
export class SharedFrame {
  readonly message: PreparedMessage

  /** `stream` is where the rest of the payload comes from, if there is more. */
  constructor(
    private readonly root: number,
    readonly sequence: number,
    readonly body: Body,
    readonly stream?: number,
  ) {
    this.message = this.encoded(0)
  }

  /** For the one viewer whose call in a transition it brings the effects of. */
  get ofAction(): PreparedMessage {
    return this.encoded(1)
  }

  private encoded(action: 0 | 1): PreparedMessage {
    const { root, sequence, body, stream } = this
    const marks = stream === undefined ? (action ? { action } : {}) : { action, stream }
    return new PreparedMessage(encode({ type: 'frame', root, sequence, ...marks, body }), { root, sequence })
  }
}
