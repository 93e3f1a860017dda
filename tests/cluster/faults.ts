import type { Ended } from './browsers.ts'
import type { Deeds, RoomRecord } from './client.ts'

/** What must not be: nothing, where every message and every call counts once, and everybody sees the same. */
export function faultsOf({ deeds, records }: Ended): string[] {
  const wrong = deeds.flatMap(({ client, wrong }) => wrong.map((what) => `client ${client}: ${what}`))
  for (const record of records) {
    const inRoom = deeds.filter(({ room }) => room === record.room)
    wrong.push(...faultsOfLines(record, inRoom))
    for (const each of inRoom) wrong.push(...unlike(each, inRoom[0] as Deeds, record))
    for (const [tally, tokens] of Object.entries(record.tokens)) {
      const counted = deeds.flatMap((each) => each.counted[tally] ?? [])
      wrong.push(...difference(`tally ${tally} in room ${record.room}`, counted, tokens))
    }
  }
  return wrong
}

/**
 * Every line that was answered is there once, those of one client in their order; of the others, some may be. A line that
 * its call published again, for its server was killed, is known by that call.
 */
function faultsOfLines({ room, lines }: RoomRecord, deeds: readonly Deeds[]): string[] {
  return deeds.flatMap(({ client, lines: answered, interrupted }) => {
    const own = lines.filter((line) => line.client === client)
    const there = own.filter(({ call }, i) => call !== own[i - 1]?.call).map(({ n }) => n)
    const wrong = difference(
      `lines of client ${client} in room ${room}`,
      answered,
      there.filter((n) => !interrupted.includes(n)),
    )
    for (const [i, n] of there.entries()) {
      if (i > 0 && n <= (there[i - 1] as number))
        wrong.push(`room ${room}: line ${n} of client ${client} after ${there[i - 1]}`)
    }
    return wrong
  })
}

/** Everybody shows what the first one of the room does, and of the chat what who comes at the end does. */
function unlike({ client, picture }: Deeds, first: Deeds, { chat }: RoomRecord): string[] {
  const wanted: Readonly<Record<string, string>> = { ...first.picture, chat }
  return Object.entries(picture).flatMap(([name, shown]) =>
    shown === wanted[name] ? [] : [`client ${client} shows in ${name}: ${shown}; not ${wanted[name]}`],
  )
}

function difference<T>(what: string, wanted: readonly T[], found: readonly T[]): string[] {
  const counts = new Map<T, number>()
  for (const each of wanted) counts.set(each, (counts.get(each) ?? 0) - 1)
  for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].flatMap(([each, count]) => {
    if (count === 0) return []
    return [`${what}: ${each} is ${count < 0 ? 'missing' : `there ${count} times too often`}`]
  })
}
