-- Returns the best candidates for an article, flat: 16 bytes of the uri, keys in common, …; and puts the article in.
--
-- ARGV[1]  16 bytes of its uri              ARGV[2]  its fingerprints, 6 bytes each
-- ARGV[3]  its exact keys, 6 bytes each     ARGV[4]  key that others name it by, 6 bytes
-- ARGV[5]  uris that it names, 16 bytes each
-- ARGV[6]  generation to put it in          ARGV[7]  remaining life of that generation in ms; 0: for ever
-- ARGV[8]  generations to look in, apart by blanks
-- ARGV[9]  most candidates by fingerprints  ARGV[10] fewest fingerprints in common
local me, life = ARGV[1], tonumber(ARGV[7])
local most, least = tonumber(ARGV[9]), tonumber(ARGV[10])

local function keep(key)
  if life > 0 then redis.call('PEXPIRE', key, life) end
end

local tables, own = {}, nil
for gen in string.gmatch(ARGV[8], '%S+') do
  local t = open_table(gen)
  if not t and gen == ARGV[6] then
    redis.call('HSET', prefix .. 'm:' .. gen, 'n', BASE, 'c', 0, 'a', 0)
    keep(prefix .. 'm:' .. gen)
    t = open_table(gen)
  end
  if t then tables[#tables + 1] = t end
  if gen == ARGV[6] then own = t end
end
local id, known = find_article(own, me)
local added = 0

-- Splits the next bucket in two as long as buckets hold more than FILL entries on average.
local function grow(count)
  while count > own.n * FILL do
    local low, high = own.at .. (own.n - own.size), own.at .. own.n
    local all, stay, go = redis.call('HGETALL', low), {}, {}
    for k = 1, #all, 2 do
      local field, address = all[k], nil
      if #field == 5 then address = id_address(string.sub(field, 2)) else address = address_of(0, field) end
      local to = stay
      if math.floor(address / own.size) % 2 == 1 then to = go end
      to[#to + 1] = field
      to[#to + 1] = all[k + 1]
    end
    redis.call('DEL', low)
    if #stay > 0 then redis.call('HSET', low, unpack(stay)); keep(low) end
    if #go > 0 then redis.call('HSET', high, unpack(go)); keep(high) end
    own.n = own.n + 1
    if own.n == own.size * 2 then own.size = own.n end
  end
end

local function put(key, field, value, is_new)
  redis.call('HSET', key, field, value)
  if is_new then
    added = added + 1
    if redis.call('HLEN', key) == 1 then keep(key) end
  end
end

local function has(ids)
  for k = 1, #ids, 4 do
    if string.sub(ids, k, k + 3) == id then return true end
  end
  return false
end

-- Adds this article to the ids under a key; the newest stay.
local function post(key, field, ids)
  if not ids then return put(key, field, id, true) end
  if has(ids) then return end
  if #ids >= POSTINGS then ids = string.sub(ids, #ids - POSTINGS + 5) end
  put(key, field, ids .. id, false)
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

local function visit(key, exact, insert)
  local field, address = string.sub(key, 3, 6), key_address(key)
  for _, t in ipairs(tables) do
    local at = bucket(t, address)
    local ids = redis.call('HGET', at, field)
    if ids then
      for k = 1, #ids, 4 do
        note(t, string.sub(ids, k, k + 3), 4 / #ids, exact)
      end
    end
    if insert and t == own then post(at, field, ids) end
  end
end

for k = 1, #ARGV[2], 6 do visit(string.sub(ARGV[2], k, k + 5), false, true) end
for k = 1, #ARGV[3], 6 do visit(string.sub(ARGV[3], k, k + 5), true, true) end
visit(ARGV[4], true, false)
for k = 1, #ARGV[5], 16 do
  local named = string.sub(ARGV[5], k, k + 15)
  for _, t in ipairs(tables) do
    local other, there = find_article(t, named)
    if there then note(t, other, 1, true) end
  end
end

if not known then
  put(bucket(own, id_address(id)), '#' .. id, kept_of(me, id), true)
  redis.call('HINCRBY', prefix .. 'm:' .. own.gen, 'a', 1)
end
if added > 0 then
  grow(redis.call('HINCRBY', prefix .. 'm:' .. own.gen, 'c', added))
  redis.call('HSET', prefix .. 'm:' .. own.gen, 'n', own.n)
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
