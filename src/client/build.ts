declare const __webpack_hash__: string | undefined

/** Names the build that this page runs; undefined outside a webpack bundle. */
export function ownBuild(): string | undefined {
  return typeof __webpack_hash__ === 'string' ? __webpack_hash__ : undefined
}

/** How often it is looked whether the moment is safe. */
const lookMs = 1_000

/** Waits, in a page of an old build, for a moment in which nothing is lost by reloading it. */
export class OldBuild {
  private timer: ReturnType<typeof setTimeout> | undefined

  /**
   * @param own the build of this page; undefined where it is not known, and nothing is ever done.
   * @param isQuiet false while a call is unsent or unanswered.
   * @param reload called once.
   */
  constructor(
    private readonly own: string | undefined,
    private readonly isQuiet: () => boolean,
    private readonly reload: (build: string) => void,
  ) {}

  /** The server has said which build it belongs to. */
  heard(build: string | undefined): void {
    clearTimeout(this.timer)
    if (build === undefined || this.own === undefined || build === this.own) return
    this.look(build)
  }

  private look(build: string): void {
    if (this.isQuiet() && !hasTypedText()) return this.reload(build)
    this.timer = setTimeout(() => this.look(build), lookMs)
  }

  /** Nothing is connected any more. */
  stop(): void {
    clearTimeout(this.timer)
  }
}

/** True where the user has typed something that only this page has, or may be about to. */
function hasTypedText(): boolean {
  if (typeof document === 'undefined') return false
  const { activeElement } = document
  if (activeElement instanceof HTMLElement && activeElement.isContentEditable) return true
  for (const field of document.querySelectorAll<HTMLInputElement>('input, textarea')) {
    const isText = field.selectionStart !== null || field.localName === 'textarea'
    // React keeps the default of a controlled field at what the server has.
    if (field.value !== field.defaultValue || (isText && field === activeElement && field.value !== ''))
      return true
  }
  return false
}
