-- Returns the best candidates for an article, flat: 16 bytes of the uri, keys in common, …; and puts the article in.
--
-- ARGV[1]  16 bytes of its uri              ARGV[2]  its fingerprints, 8 bytes each
-- ARGV[3]  its exact keys, 8 bytes each     ARGV[4]  key that others name it by, 8 bytes
-- ARGV[5]  uris that it names, 16 bytes each
-- ARGV[6]  generation to put it in          ARGV[7]  remaining life of that generation in ms; 0: for ever
-- ARGV[8]  generations to look in, apart by blanks
-- ARGV[9]  most candidates by fingerprints  ARGV[10] fewest fingerprints in common
local me, life = ARGV[1], tonumber(ARGV[7])
local most, least = tonumber(ARGV[9]), tonumber(ARGV[10])

local function keep(key)
  if life > 0 then call('PEXPIRE', key, life) end
end

local tables, own = {}, nil
for gen in string.gmatch(ARGV[8], '%S+') do
  local t = open_table(gen)
  if not t and gen == ARGV[6] then
    -- It will grow about as large as the one before it: half of that at once saves most of the splitting.
    local before = tonumber(gen) and open_table(tostring(tonumber(gen) - 1))
    call('HSET', prefix .. 'm:' .. gen, 'n', before and math.max(BASE, before.size / 2) or BASE, 'c', 0, 'a', 0)
    keep(prefix .. 'm:' .. gen)
    t = open_table(gen)
  end
  if t then tables[#tables + 1] = t end
  if gen == ARGV[6] then own = t end
end
local id, known = find_article(own, me)
local added = 0

-- Makes a bucket of fields and values; in parts, since Lua has no room for the arguments of a bucket out of hand.
local function fill(key, pairs_of_it, count)
  for k = 1, count, 1000 do call('HSET', key, unpack(pairs_of_it, k, math.min(k + 999, count))) end
  if count > 0 then keep(key) end
end

-- Splits the next bucket in two as long as buckets hold more than FILL entries on average.
local function grow(count)
  while count > own.n * FILL do
    local low, high = own.at .. pack('>I4', own.n - own.size), own.at .. pack('>I4', own.n)
    local all, stay, go = call('HGETALL', low), {}, {}
    local stays, goes = 0, 0
    for k = 1, #all, 2 do
      -- The bit that decides is one of the field's: the first 10 of a place are the same for all in a bucket.
      local number = unpack_number('>I4', all[k], #all[k] - 3)
      local to, m = stay, stays
      if number * BASE % (own.size * 2) >= own.size then to, m = go, goes; goes = goes + 2 else stays = stays + 2 end
      to[m + 1] = all[k]
      to[m + 2] = all[k + 1]
    end
    call('DEL', low)
    fill(low, stay, stays)
    fill(high, go, goes)
    own.n = own.n + 1
    if own.n == own.size * 2 then own.size = own.n end
  end
end

-- Puts a new entry in, and returns false where the field is there already. A bucket gets its life with its first entry;
-- once the table is well filled, none of the first buckets is empty any more.
local young = own.count < own.size * 24
local function put_new(key, field, value)
  if call('HSETNX', key, field, value) == 0 then return false end
  added = added + 1
  if young and call('HLEN', key) == 1 then keep(key) end
  return true
end

local function has(ids)
  for k = 1, #ids, 4 do
    if sub(ids, k, k + 3) == id then return true end
  end
  return false
end

-- Adds this article to the ids under a key, and returns those that were there; the newest stay.
local function post(key, field)
  if put_new(key, field, id) then return nil end
  local ids = call('HGET', key, field)
  if has(ids) then return ids end
  local kept = ids
  if #ids >= POSTINGS then kept = sub(ids, #ids - POSTINGS + 5) end
  call('HSET', key, field, kept .. id)
  return ids
end

-- Everything found so far: (table, id) -> keys in common, and their weight: a key that few articles have says more.
local found = {}
local function note(t, other, weight, exact)
  local name = t.gen .. ':' .. other
  local hit = found[name]
  if not hit then
    hit = {t = t, id = other, shared = 0, weight = 0, exact = false}
    found[name] = hit
  end
  hit.shared, hit.weight, hit.exact = hit.shared + 1, hit.weight + weight, hit.exact or exact
end

local others = {}
for _, t in ipairs(tables) do
  if t ~= own then others[#others + 1] = t end
end

local function note_all(t, ids, exact)
  for k = 1, #ids, 4 do
    note(t, sub(ids, k, k + 3), 4 / #ids, exact)
  end
end

-- Notes who has the keys, and puts this article in under them.
local function visit(keys, exact, insert)
  for k = 1, #keys, 8 do
    local head, low = unpack_number('>I2I4', keys, k)
    local field, place = sub(keys, k + 2, k + 5), low * BASE + head % BASE
    for n = 1, #others do
      local ids = call('HGET', bucket(others[n], place), field)
      if ids then note_all(others[n], ids, exact) end
    end
    local at = bucket(own, place)
    local ids
    if insert then ids = post(at, field) else ids = call('HGET', at, field) end
    if ids then note_all(own, ids, exact) end
  end
end

visit(ARGV[2], false, true)
visit(ARGV[3], true, true)
visit(ARGV[4], true, false)
for k = 1, #ARGV[5], 16 do
  local named = sub(ARGV[5], k, k + 15)
  for _, t in ipairs(tables) do
    local other, there = find_article(t, named)
    if there then note(t, other, 1, true) end
  end
end

if not known then
  put_new(bucket(own, place_of(id)), '#' .. id, kept_of(me, id))
  call('HINCRBY', prefix .. 'm:' .. own.gen, 'a', 1)
end
if added > 0 then
  grow(call('HINCRBY', prefix .. 'm:' .. own.gen, 'c', added))
  call('HSET', prefix .. 'm:' .. own.gen, 'n', own.n)
end

local hits = {}
for name, hit in pairs(found) do
  if hit.exact or hit.shared >= least then
    hit.name = name
    hits[#hits + 1] = hit
  end
end
table.sort(hits, function(x, y)
  if x.exact ~= y.exact then return x.exact end
  if x.weight ~= y.weight then return x.weight > y.weight end
  return x.name < y.name
end)
-- An article may stand in several generations, under different ids.
local answer, seen, taken = {}, {[me] = true}, 0
for _, hit in ipairs(hits) do
  if taken >= most and not hit.exact then break end
  local uri = article_of(hit.t, hit.id)
  if uri and not seen[uri] then
    seen[uri] = true
    answer[#answer + 1] = uri
    answer[#answer + 1] = hit.shared
    if not hit.exact then taken = taken + 1 end
  end
end
return answer
