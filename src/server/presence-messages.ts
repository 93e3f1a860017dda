/** A place where somebody is: its number on its server, their key, the text of the meta, and when they came. */
export type MemberRow = readonly [id: number, key: string, meta: string, atMs: number]

/**
 * What servers tell each other of a topic. `server` says who tells; `version` counts what it has told of the topic, so
 * that the others know when they have missed something.
 */
export type RoomMessage =
  /** Asks the others, or the one in `to`, for all that they have. */
  | { readonly type: 'ask'; readonly server: string; readonly to?: string }
  /**
   * All that the server has, in parts: the first one takes the place of what was known. `to` is who has asked for it;
   * for the others it is no news.
   */
  | {
      readonly type: 'all'
      readonly server: string
      readonly version: number
      readonly to?: string
      readonly first: boolean
      readonly last: boolean
      readonly members: readonly MemberRow[]
    }
  /** What has changed since the version before. */
  | {
      readonly type: 'change'
      readonly server: string
      readonly version: number
      readonly here: readonly MemberRow[]
      readonly gone: readonly number[]
    }

/** What is present at a topic is told at this one; application patterns do not match it. */
export function presenceTopic(topic: string): string {
  return `$presence:${topic}`
}

/** Where servers say that they live. */
export const serversTopic = '$presence'

/** Members in one message: larger sets travel in parts. */
export const membersInPart = 500
