/**
 * In place of the frame that a call's function was seen at: the render with the effects of all calls before this one.
 * It is greater than the number of any frame.
 */
export const newestRender = Number.MAX_SAFE_INTEGER
