/**
 * What the store does in Redis, in Lua: each operation is one script, so that it happens as a whole, whatever other
 * processes do at that moment. The only clock is Redis's own.
 *
 * KEYS, all below one prefix:
 *   format             which version of these keys this is. Scripts of another version do nothing.
 *   birth              drawn anew when Redis has lost its data: copies of the list are void then.
 *   lobby:CODE         a hash: id, holder, vacancy, epoch, term, lives, heirs, reserved, takenBy (JSON). Gone with its lease.
 *   leases             a sorted set of codes by the ms in which their leases end: counts lobbies, and finds those that ended.
 *   term:ID            the newest term of a lobby that changed hosts, as long as older tokens live.
 *   listed             a hash of code to "order game"; `order` counts how many were listed so far.
 *   list:GAME          a hash of code to "order JSON".
 *   log:GAME           a sorted set of codes by the number of their last change; `serial` counts changes.
 *   floor:GAME         the log tells all changes after this number.
 *   process:NAME       where other processes reach this one; gone some seconds after it is.
 *   limit:…            accounts of rate-limiter-flexible.
 * Codes that ended are found by what is in Redis alone, so the keys are not known beforehand: one Redis, with replicas and
 * sentinels as you like, and no cluster.
 */
import { TOKEN_MS } from '../limits.ts'

/** Raised when a process of an older version would misread these keys. */
export const KEYS_FORMAT = '3'

/** Begins the error that a script of another version answers with. */
export const OTHER_FORMAT = 'STARWIREFORMAT'

/** Lobbies whose lease ended and that one call cleans up at most: less than a millisecond. */
const SWEEP_AT_ONCE = 100

/** Changes in one answer at most; a copy that is further behind is read anew. */
const MAX_CHANGES = 1000

/** The log begins anew when it is so much longer than twice the list. */
const LOG_SLACK = 100

const guard = `
local P = KEYS[1]
local format = redis.call('GET', P .. 'format')
if not format then redis.call('SET', P .. 'format', '${KEYS_FORMAT}')
elseif format ~= '${KEYS_FORMAT}' then return redis.error_reply('${OTHER_FORMAT} ' .. format) end
`

const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local code, id, holder, term = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local function load()
  local flat = redis.call('HGETALL', P .. 'lobby:' .. code)
  if #flat == 0 then return nil end
  local lobby = {}
  for i = 1, #flat, 2 do lobby[flat[i]] = flat[i + 1] end
  lobby.epoch, lobby.term, lobby.lives = tonumber(lobby.epoch), tonumber(lobby.term), tonumber(lobby.lives)
  if lobby.reserved ~= '' and cjson.decode(lobby.reserved).till <= now then
    lobby.reserved = ''
    redis.call('HSET', P .. 'lobby:' .. code, 'reserved', '')
  end
  return lobby
end
local function save(lobby, lease)
  local key = P .. 'lobby:' .. code
  redis.call('HSET', key, 'id', lobby.id, 'holder', lobby.holder, 'vacancy', lobby.vacancy, 'epoch', lobby.epoch,
    'term', lobby.term, 'lives', lobby.lives, 'heirs', lobby.heirs,
    'reserved', lobby.reserved, 'takenBy', lobby.takenBy)
  if lease then
    redis.call('PEXPIRE', key, lease)
    redis.call('ZADD', P .. 'leases', now + lease, code)
  end
end
local function fresh(lives)
  return { id = id, holder = holder, vacancy = '', epoch = term, term = term, lives = lives, heirs = '[]', reserved = '', takenBy = '' }
end
local function held()
  local lobby = load()
  if lobby and lobby.id == id and lobby.holder == holder then return lobby end
  return nil
end
local function newestTerm() return tonumber(redis.call('GET', P .. 'term:' .. id) or '0') end
local function noteTerm(newest) redis.call('SET', P .. 'term:' .. id, newest, 'PX', ${TOKEN_MS}) end
local function encode(heirs)
  if #heirs == 0 then return '[]' end
  return cjson.encode(heirs)
end
local function heirAmong(heirs, seat, keyHash)
  for _, heir in ipairs(heirs) do
    if heir.seat == seat and heir.keyHash == keyHash then return heir end
  end
  return nil
end
local function isReservedFor(lobby, seat, keyHash)
  if lobby.reserved == '' then return false end
  local reserved = cjson.decode(lobby.reserved)
  return reserved.seat == seat and reserved.keyHash == keyHash and reserved.epoch == term
end
local function takenBy(seat, keyHash) return cjson.encode({ seat = tonumber(seat), keyHash = keyHash }) end
local function isTakenBy(lobby, seat, keyHash)
  if lobby.id ~= id or lobby.term ~= term or lobby.takenBy == '' then return false end
  local taken = cjson.decode(lobby.takenBy)
  return taken.seat == seat and taken.keyHash == keyHash
end
-- Why an heir does not get the lobby; nil: it does.
local function refusal(lobby, seat, keyHash, lives)
  if not lobby or lobby.id ~= id then return 'lost' end
  local isOver = term <= lobby.epoch
  if lobby.vacancy == 'handed' then isOver = term < lobby.epoch end
  if isOver then return 'replaced' end
  if isReservedFor(lobby, seat, keyHash) then return nil end
  if not heirAmong(cjson.decode(lobby.heirs), seat, keyHash) then return 'no-heir' end
  if lobby.reserved ~= '' and term <= cjson.decode(lobby.reserved).epoch then return 'reserved' end
  if lobby.lives ~= lives then return 'host-lives' end
  return nil
end
local function changed(game, of)
  local serial = redis.call('INCR', P .. 'serial')
  redis.call('ZADD', P .. 'log:' .. game, serial, of)
  local listed = redis.call('HLEN', P .. 'list:' .. game)
  if listed == 0 or redis.call('ZCARD', P .. 'log:' .. game) > 2 * listed + ${LOG_SLACK} then
    redis.call('DEL', P .. 'log:' .. game)
    -- Processes keep a copy for half as long, and none of an empty list.
    redis.call('SET', P .. 'floor:' .. game, serial, 'EX', 3600)
  end
end
local function unlist(of)
  local entry = redis.call('HGET', P .. 'listed', of)
  if not entry then return end
  local game = string.match(entry, '^%d+ (.+)$')
  redis.call('HDEL', P .. 'listed', of)
  redis.call('HDEL', P .. 'list:' .. game, of)
  changed(game, of)
end
local function sweep()
  for _, ended in ipairs(redis.call('ZRANGEBYSCORE', P .. 'leases', '-inf', now, 'LIMIT', 0, ${SWEEP_AT_ONCE})) do
    if redis.call('EXISTS', P .. 'lobby:' .. ended) == 0 then
      redis.call('ZREM', P .. 'leases', ended)
      unlist(ended)
    end
  end
end
local function drop()
  redis.call('DEL', P .. 'lobby:' .. code)
  redis.call('ZREM', P .. 'leases', code)
  unlist(code)
end
`

const HEIRS = `cjson.decode(lobby.heirs)`

/** Every script begins with the prefix as its key, and with code, id, holder and term; then come its own arguments. */
export const scripts = {
  /** lease, room */
  create: `
    sweep()
    if load() then return 'taken' end
    if redis.call('ZCARD', P .. 'leases') >= tonumber(ARGV[6]) then return 'full' end
    save(fresh(0), ARGV[5])
    return 'created'`,
  /** lease, room; seat and keyHash of a forgotten heir, or nothing */
  takeBack: `
    sweep()
    local lobby = load()
    if lobby and lobby.id ~= id then return { 'taken', '' } end
    local newest = lobby and lobby.term or newestTerm()
    if term < newest then return { 'replaced', '' } end
    if not lobby and redis.call('ZCARD', P .. 'leases') >= tonumber(ARGV[6]) then return { 'full', '' } end
    local previous = lobby and lobby.holder or ''
    if previous ~= holder then unlist(code) end
    local lives = (lobby and lobby.lives or 0) + 1
    local kept = lobby and lobby.term == term and lobby or fresh(lives)
    kept.holder, kept.vacancy, kept.lives = holder, '', lives
    kept.takenBy = ARGV[7] == '' and '' or takenBy(ARGV[7], ARGV[8])
    save(kept, ARGV[5])
    return { 'held', previous }`,
  /** lease, epoch or nothing */
  renew: `
    local lobby = load()
    if not lobby then return newestTerm() > term and 'replaced' or 'lost' end
    if lobby.id ~= id then return 'taken' end
    if lobby.holder ~= holder then return 'replaced' end
    if ARGV[6] ~= '' then
      local epoch = tonumber(ARGV[6])
      lobby.epoch, lobby.lives, lobby.takenBy = math.max(lobby.epoch, epoch), lobby.lives + 1, ''
      if lobby.reserved ~= '' and epoch > cjson.decode(lobby.reserved).epoch then lobby.reserved = '' end
    end
    save(lobby, ARGV[5])
    return 'renewed'`,
  /** why */
  release: `
    local lobby = held()
    if not lobby then return '[]' end
    unlist(code)
    lobby.holder, lobby.vacancy = '', ARGV[5]
    save(lobby, nil)
    return lobby.heirs`,
  delete: `
    if held() then drop() end
    return 'ok'`,
  /** forMs. `code` is the process, `id` its address. */
  announce: `
    redis.call('SET', P .. 'process:' .. code, id, 'PX', ARGV[5])
    return 'ok'`,
  whereIs: `
    return redis.call('GET', P .. 'process:' .. code) or ''`,
  get: `
    local key = P .. 'lobby:' .. ARGV[1]
    local reserved = redis.call('HGET', key, 'reserved')
    if reserved and reserved ~= '' then
      local time = redis.call('TIME')
      if cjson.decode(reserved).till <= time[1] * 1000 + time[2] / 1000 then redis.call('HSET', key, 'reserved', '') end
    end
    return redis.call('HGETALL', key)`,
  /** epoch, heirs */
  setHeirs: `
    local lobby = held()
    if not lobby then return '' end
    local before, named, gone = ${HEIRS}, cjson.decode(ARGV[6]), {}
    for _, heir in ipairs(named) do
      local known = heirAmong(before, heir.seat, heir.keyHash)
      heir.socket = known and known.socket or cjson.null
    end
    for _, heir in ipairs(before) do
      if not heirAmong(named, heir.seat, heir.keyHash) then gone[#gone + 1] = heir end
    end
    lobby.epoch, lobby.heirs = math.max(lobby.epoch, tonumber(ARGV[5])), encode(named)
    save(lobby, nil)
    return encode(gone)`,
  /** seat, keyHash. `holder` is the heir's socket. */
  attach: `
    local lobby = load()
    if not lobby then return {} end
    local heirs = ${HEIRS}
    local heir = heirAmong(heirs, tonumber(ARGV[5]), ARGV[6])
    if not heir then return {} end
    heir.socket = holder
    lobby.heirs = encode(heirs)
    save(lobby, nil)
    return redis.call('HGETALL', P .. 'lobby:' .. code)`,
  /** seat, epoch */
  transfer: `
    local lobby = held()
    local epoch = tonumber(ARGV[6])
    if not lobby or epoch <= lobby.epoch then return '' end
    local named, rest = nil, {}
    for _, heir in ipairs(${HEIRS}) do
      if heir.seat == tonumber(ARGV[5]) then named = heir else rest[#rest + 1] = heir end
    end
    if not named then return '' end
    table.insert(rest, 1, named)
    unlist(code)
    lobby.heirs, lobby.epoch, lobby.term, lobby.lives = encode(rest), epoch, epoch, lobby.lives + 1
    lobby.holder, lobby.vacancy = '', 'handed'
    save(lobby, nil)
    noteTerm(epoch)
    return lobby.heirs`,
  /** forMs, seat, keyHash, lives. \`term\` is the epoch that is claimed. */
  reserve: `
    local lobby, seat, keyHash = load(), tonumber(ARGV[6]), ARGV[7]
    local why = refusal(lobby, seat, keyHash, tonumber(ARGV[8]))
    if why == 'reserved' then return 'replaced' end
    if why then return why end
    lobby.reserved = cjson.encode({ seat = seat, keyHash = keyHash, epoch = term, till = now + tonumber(ARGV[5]) })
    save(lobby, nil)
    return 'reserved'`,
  /** seat, keyHash. \`term\` is the reserved epoch. */
  giveBack: `
    local lobby = load()
    if lobby and isReservedFor(lobby, tonumber(ARGV[5]), ARGV[6]) then
      lobby.reserved = ''
      save(lobby, nil)
    end
    return 'ok'`,
  /** lease, seat, keyHash, lives. \`term\` is the epoch that is claimed. */
  claim: `
    local lobby = load()
    if lobby and lobby.id == id and lobby.holder == holder and lobby.term == term then return { 'claimed', '' } end
    if lobby and isTakenBy(lobby, tonumber(ARGV[6]), ARGV[7]) then
      unlist(code)
      local before = lobby.holder
      lobby.holder, lobby.vacancy = holder, ''
      save(lobby, ARGV[5])
      return { 'claimed', before }
    end
    local why = refusal(lobby, tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8]))
    if why == 'reserved' then why = 'host-lives' end
    if why then return { why, '' } end
    unlist(code)
    local rest, taken = {}, fresh(lobby.lives + 1)
    for _, heir in ipairs(${HEIRS}) do
      if heir.seat ~= tonumber(ARGV[6]) then rest[#rest + 1] = heir end
    end
    taken.heirs, taken.takenBy = encode(rest), takenBy(ARGV[6], ARGV[7])
    save(taken, ARGV[5])
    noteTerm(term)
    return { 'claimed', lobby.holder }`,
  /** game, JSON */
  list: `
    if not held() then return 0 end
    local entry = redis.call('HGET', P .. 'listed', code)
    local order, game = string.match(entry or '', '^(%d+) (.+)$')
    if game and game ~= ARGV[5] then unlist(code) end
    order = order or redis.call('INCR', P .. 'order')
    redis.call('HSET', P .. 'listed', code, order .. ' ' .. ARGV[5])
    redis.call('HSET', P .. 'list:' .. ARGV[5], code, order .. ' ' .. ARGV[6])
    changed(ARGV[5], code)
    return 1`,
  unlist: `
    if held() then unlist(code) end
    return 'ok'`,
  /** game, birth of the reader's copy, how far the copy is, a birth in case there is none. Gives all, or what changed. */
  changes: `
    sweep()
    local game, since = ARGV[5], tonumber(ARGV[7])
    local birth = redis.call('GET', P .. 'birth')
    if not birth then
      birth = ARGV[8]
      redis.call('SET', P .. 'birth', birth)
    end
    local serial = redis.call('GET', P .. 'serial') or '0'
    local floor = tonumber(redis.call('GET', P .. 'floor:' .. game) or '0')
    local codes = {}
    if birth == ARGV[6] and since >= floor then
      codes = redis.call('ZRANGEBYSCORE', P .. 'log:' .. game, '(' .. since, '+inf', 'LIMIT', 0, ${MAX_CHANGES + 1})
    end
    if birth ~= ARGV[6] or since < floor or #codes > ${MAX_CHANGES} then
      return { birth, serial, 'all', redis.call('HGETALL', P .. 'list:' .. game) }
    end
    if #codes == 0 then return { birth, serial, 'changes', {} } end
    local entries = redis.call('HMGET', P .. 'list:' .. game, unpack(codes))
    local flat = {}
    for i, of in ipairs(codes) do
      flat[#flat + 1] = of
      flat[#flat + 1] = entries[i] or ''
    end
    return { birth, serial, 'changes', flat }`,
} as const satisfies Record<string, string>

export type ScriptName = keyof typeof scripts

/** Every join reads, so reading does without the rest: a tenth of Redis's time. */
export const scriptText = (name: ScriptName): string => `${guard}${name === 'get' ? '' : prelude}\n${scripts[name]}\n`
