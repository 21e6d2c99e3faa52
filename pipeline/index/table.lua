-- A generation is a linear hash table. HASH <prefix>m:<gen> holds n (buckets), c (entries) and a (articles); HASH
-- <prefix><gen>:<i> is bucket i. Buckets stay small, so that the server keeps them as listpacks: two entries of 4 to 60
-- bytes side by side instead of an allocation each. An entry is one of
--     4 bytes of a key  ->  ids of the articles that have it, 4 bytes each, oldest first
--     '#' + an id       ->  the other 12 bytes of that article's uri
-- A key is 6 bytes: 10 bits choose among the first 1,024 buckets, 32 bits are the field and choose among later ones.
-- KEYS[1] is the prefix, with a hash tag: the whole index lives in one slot of a cluster.
local prefix = KEYS[1]
local BASE, FILL, POSTINGS = 1024, 144, 15 * 4

-- Place of a key in a table of any size: its low 10 bits, then the field's.
local function address_of(head, field)
  local a, b, c, d = string.byte(field, 1, 4)
  return (((a * 256 + b) * 256 + c) * 256 + d) * BASE + head % BASE
end

local function key_address(key)
  local a, b = string.byte(key, 1, 2)
  return address_of(a * 256 + b, string.sub(key, 3, 6))
end

local function id_address(id)
  local a, b = string.byte(id, 1, 2)
  return address_of(a * 256 + b, id)
end

-- n and the largest power-of-two multiple of BASE that is not above it; nil for a generation that is not there.
local function open_table(gen)
  local n = tonumber(redis.call('HGET', prefix .. 'm:' .. gen, 'n'))
  if not n then return nil end
  local size = BASE
  while size * 2 <= n do size = size * 2 end
  return {gen = gen, n = n, size = size, at = prefix .. gen .. ':'}
end

local function bucket(t, address)
  local i = address % (t.size * 2)
  if i >= t.n then i = address % t.size end
  return t.at .. i
end

local function next_id(id)
  local a, b, c, d = string.byte(id, 1, 4)
  local number = (((a * 256 + b) * 256 + c) * 256 + d + 1) % 4294967296
  return struct.pack('>I4', number)
end

-- What is kept of an article under its id: the rest of its uri, or all of it where the id is not its beginning.
local function kept_of(uri, id)
  if string.sub(uri, 1, 4) == id then return string.sub(uri, 5) end
  return uri
end

-- The id of an article in a generation and whether it is there already. It is the first 4 bytes of its uri, or the next
-- number that is free where another article has that one.
local function find_article(t, uri)
  local id = string.sub(uri, 1, 4)
  while true do
    local found = redis.call('HGET', bucket(t, id_address(id)), '#' .. id)
    if found == kept_of(uri, id) then return id, true end
    if not found then return id, false end
    id = next_id(id)
  end
end

-- The uri of an article by its id; nil where it was removed.
local function article_of(t, id)
  local kept = redis.call('HGET', bucket(t, id_address(id)), '#' .. id)
  if not kept then return nil end
  if #kept == 12 then return id .. kept end
  return kept
end
