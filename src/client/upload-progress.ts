/** How far the files of a call have come. */
export interface UploadProgress {
  /** Bytes that the server has stored, of all files of the call together. */
  readonly sentBytes: number
  readonly totalBytes: number
  /** From 0 to 1. */
  readonly fraction: number
}

export type OnUploadProgress = (progress: UploadProgress) => void

let current: OnUploadProgress | undefined

/** Runs a function; the calls that it makes before it returns report how far their files have come. */
export function withProgress<T>(onProgress: OnUploadProgress, run: () => T): T {
  const before = current
  current = onProgress
  try {
    return run()
  } finally {
    current = before
  }
}

/** Who hears of the files of a call that is made now. */
export function currentProgress(): OnUploadProgress | undefined {
  return current
}
