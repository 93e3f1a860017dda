/** A row of a Flight payload: `id:tag…`, whose tag is 0 where it has none. */
export interface FlightRow {
  readonly id: number
  readonly tag: number
  readonly body: Uint8Array
}

const [colon, comma, newline] = [58, 44, 10]

/** Tags whose rows tell their length: text and binary data. All other rows end with the line. */
const measured = new Set(Array.from('TAOobUSsLlGgMmV', (tag) => tag.charCodeAt(0)))

/** Whether React takes this byte for a tag, or for the beginning of a row that has none. */
function isTag(byte: number): boolean {
  return (byte > 64 && byte < 91) || byte === 35 || byte === 114 || byte === 120
}

/** React's way to read a hexadecimal digit, whatever it is given. */
function addDigit(number: number, digit: number): number {
  return (number << 4) | (digit > 96 ? digit - 87 : digit - 48)
}

/**
 * Finds the rows of a payload that arrives in chunks, exactly as React's reader does (`startReadingFromStream` of
 * react-server-dom-webpack): two that disagree would judge different rows.
 */
export class FlightRows {
  private state: 'id' | 'tag' | 'length' | 'line' | 'measured' = 'id'
  private begun: Uint8Array[] = []
  private id = 0
  private tag = 0
  private length = 0

  /** Finds the rows that this chunk completes. Throws a RangeError where a row's length is none. */
  read(chunk: Uint8Array, found: (row: FlightRow) => void): void {
    let at = 0
    while (at < chunk.length) {
      if (this.state === 'line' || this.state === 'measured') {
        const end = this.endIn(chunk, at)
        if (end === -1) return this.keep(chunk.subarray(at))
        found(this.complete(chunk.subarray(at, end)))
        at = this.state === 'line' ? end + 1 : end
        this.begin()
      } else if (this.readHead(chunk[at] as number)) at++
    }
  }

  /** Takes a byte before the body, and tells whether it is not of the body. */
  private readHead(byte: number): boolean {
    if (this.state === 'id') {
      if (byte === colon) this.state = 'tag'
      else this.id = addDigit(this.id, byte)
      return true
    }
    if (this.state === 'length') {
      if (byte === comma) this.state = 'measured'
      else this.length = addDigit(this.length, byte)
      return true
    }
    const tagged = measured.has(byte) || isTag(byte)
    this.state = measured.has(byte) ? 'length' : 'line'
    this.tag = tagged ? byte : 0
    return tagged
  }

  private endIn(chunk: Uint8Array, at: number): number {
    if (this.state === 'line') return chunk.indexOf(newline, at)
    if (this.length < 0) throw new RangeError('a row with less than no bytes')
    return at + this.length > chunk.length ? -1 : at + this.length
  }

  private keep(part: Uint8Array): void {
    this.begun.push(part)
    this.length -= part.length
  }

  private complete(end: Uint8Array): FlightRow {
    const { id, tag } = this
    return { id, tag, body: this.begun.length === 0 ? end : joined([...this.begun, end]) }
  }

  private begin(): void {
    this.state = 'id'
    this.id = this.tag = this.length = 0
    this.begun = []
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
