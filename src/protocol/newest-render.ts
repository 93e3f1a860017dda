/**
 * A call may ask for the render with the effects of all calls before it, in place of the one that its function was seen
 * in: its `seen` is this number less the frame of the one. It is greater than the number of any frame.
 */
export const newestRender = Number.MAX_SAFE_INTEGER

/** The number of no frame is so large, and no call asks for the newest render by a smaller one. */
const smallest = 2 ** 52

/** What a call says that asks for the newest render, where its function was seen in frame `seen`. */
export function newestSince(seen: number): number {
  return newestRender - seen
}

/** True for what {@link newestSince} gave. */
export function isNewest(seen: number): boolean {
  return seen >= smallest
}

/** The frame that the function of a call was seen in. */
export function frameSeen(seen: number): number {
  return isNewest(seen) ? newestRender - seen : seen
}
