// What must happen at once in Redis. Entries to be tried again are apart from the stream, for it has no delays:
// their ids in a sorted set by the time when they are due, their contents and attempts in a hash.

/** KEYS stream, due, entries; ARGV group, id, "1" to delete the entry. */
export const acknowledge = `
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
  if redis.call('ZREM', KEYS[2], ARGV[2]) == 1 then
    redis.call('HDEL', KEYS[3], ARGV[2], ARGV[2] .. ':attempt')
  end
  if ARGV[3] == '1' then redis.call('XDEL', KEYS[1], ARGV[2]) end
`

/** KEYS stream, due, entries; ARGV group, id, delay in ms, attempt, content. */
export const retryLater = `
  local now = redis.call('TIME')
  local due = now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3]
  redis.call('HSET', KEYS[3], ARGV[2], ARGV[5], ARGV[2] .. ':attempt', ARGV[4])
  redis.call('ZADD', KEYS[2], due, ARGV[2])
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
`

/** KEYS due, entries; ARGV how many, lease in ms. Returns id, attempt, content of each; they are due again after the lease. */
export const takeDue = `
  local now = redis.call('TIME')
  local ms = now[1] * 1000 + math.floor(now[2] / 1000)
  local taken = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ms, 'LIMIT', 0, ARGV[1])) do
    redis.call('ZADD', KEYS[1], ms + ARGV[2], id)
    table.insert(taken, id)
    table.insert(taken, redis.call('HINCRBY', KEYS[2], id .. ':attempt', 1))
    table.insert(taken, redis.call('HGET', KEYS[2], id))
  end
  return taken
`

/** KEYS due; ARGV lease in ms, ids. They stay with who has them for another lease. */
export const extendLease = `
  local now = redis.call('TIME')
  local ms = now[1] * 1000 + math.floor(now[2] / 1000)
  for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', ms + ARGV[1], ARGV[i]) end
`

/** KEYS stream; ARGV group, idle ms, consumer or "". Removes that consumer, or all idle ones, that have nothing left. */
export const removeConsumers = `
  for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local consumer = {}
    for i = 1, #info, 2 do consumer[info[i]] = info[i + 1] end
    local meant = ARGV[3] == '' or consumer.name == ARGV[3]
    if meant and consumer.pending == 0 and consumer.idle >= tonumber(ARGV[2]) then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
    end
  end
`
