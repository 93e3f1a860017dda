import { useCallback, useRef, useState } from 'react'
import { type UploadProgress, withProgress } from './upload-progress.ts'

/**
 * Follows the files that a function of the server is called with.
 *
 * ```tsx
 * const [upload, progress] = useUpload(save)
 * <form action={upload}>… {progress && <progress value={progress.fraction} />}</form>
 * ```
 *
 * @param fn a function of the server: a prop, an import from a `'use server'` module, or a function of the browser that
 *   calls one before its first `await`.
 * @returns the function, with the same arguments and result, and the progress of its newest call: null when none is
 *   under way or it has no files. `sentBytes` are bytes that the server has stored. When a file is refused, the call
 *   rejects with `upload_too_large`, `too_many_uploads`, `upload_lost` or `connection_lost`.
 */
export function useUpload<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
): [upload: (...args: Args) => Result, progress: UploadProgress | null] {
  const [progress, setProgress] = useState<UploadProgress | null>(null)
  const newest = useRef(0)
  const upload = useCallback(
    (...args: Args) => {
      const own = ++newest.current
      const show = (value: UploadProgress | null) => {
        if (newest.current === own) setProgress(value)
      }
      const answer = withProgress(show, () => fn(...args))
      const end = () => show(null)
      Promise.resolve(answer).then(end, end)
      return answer
    },
    [fn],
  )
  return [upload, progress]
}
