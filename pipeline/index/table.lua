-- A generation is a linear hash table. HASH <prefix>m:<gen> holds n (buckets), c (entries) and a (articles); HASH
-- <prefix><gen>:<i>, i in 4 bytes, is bucket i. Buckets stay small, so that the server keeps them as listpacks: entries
-- of 4 to 60 bytes side by side instead of an allocation each. An entry is one of
--     4 bytes of a key  ->  ids of the articles that have it, 4 bytes each, oldest first
--     '#' + an id       ->  the other 12 bytes of that article's uri
-- Of the 8 bytes of a key, 10 bits of the first 2 choose among the first 1,024 buckets; the next 4 are the field, and
-- choose among the buckets that the table grows.
-- KEYS[1] is the prefix, with a hash tag: the whole index lives in one slot of a cluster.
local prefix = KEYS[1]
local BASE, FILL, POSTINGS = 1024, 80, 15 * 4
local call, sub, pack, unpack_number = redis.call, string.sub, struct.pack, struct.unpack

-- n and c of a generation, and the largest power-of-two multiple of BASE that is not above n; nil where it is not there.
local function open_table(gen)
  local meta = call('HMGET', prefix .. 'm:' .. gen, 'n', 'c')
  local n = tonumber(meta[1])
  if not n then return nil end
  local size = BASE
  while size * 2 <= n do size = size * 2 end
  return {gen = gen, n = n, size = size, at = prefix .. gen .. ':', count = tonumber(meta[2])}
end

-- Key of the bucket for a place: its low bits as far as the table has grown.
local function bucket(t, place)
  local i = place % (t.size * 2)
  if i >= t.n then i = place % t.size end
  return t.at .. pack('>I4', i)
end

-- Place of an article's id in a table of any size; that of a key is made likewise of its first 2 and next 4 bytes.
local function place_of(id)
  local low = unpack_number('>I4', id)
  return low * BASE + math.floor(low / 65536) % BASE
end

-- What is kept of an article under its id: the rest of its uri, or all of it where the id is not its beginning.
local function kept_of(uri, id)
  if sub(uri, 1, 4) == id then return sub(uri, 5) end
  return uri
end

-- The id of an article in a generation and whether it is there already. It is the first 4 bytes of its uri, or the next
-- number that is free where another article has that one.
local function find_article(t, uri)
  local id = sub(uri, 1, 4)
  while true do
    local found = call('HGET', bucket(t, place_of(id)), '#' .. id)
    if found == kept_of(uri, id) then return id, true end
    if not found then return id, false end
    id = pack('>I4', (unpack_number('>I4', id) + 1) % 4294967296)
  end
end

-- The uri of an article by its id; nil where it was removed.
local function article_of(t, id)
  local kept = call('HGET', bucket(t, place_of(id)), '#' .. id)
  if not kept then return nil end
  if #kept == 12 then return id .. kept end
  return kept
end
