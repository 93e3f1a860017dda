import type { fileMark } from './argument-marks.ts'

/** The bytes of a file travel in pieces of this size; only the last piece is smaller. */
export const uploadPieceBytes = 32_768

/** Pieces of all files of a session that the server has not confirmed: at most this many, 1 MiB. */
export const uploadWindow = 32

/** Stands for the upload of an empty file, of which there is nothing to send. */
export const noUpload = 0

/** What stands for a file in the arguments of a call. A `Blob` that is no `File` has neither name nor date. */
export type FileFields = readonly [
  upload: number,
  size: number,
  name: string | null,
  type: string,
  lastModified: number | null,
]

/** A file in the arguments of a call, whose bytes have arrived before. */
export interface FileMark {
  readonly [fileMark]: FileFields
}
