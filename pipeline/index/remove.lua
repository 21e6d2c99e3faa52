-- Takes an article out: its keys stay until their generation ends, but lead nowhere. Returns how often it was there.
-- ARGV[1]  16 bytes of its uri     ARGV[2]  generations, apart by blanks
local removed = 0
for gen in string.gmatch(ARGV[2], '%S+') do
  local t = open_table(gen)
  if t then
    local id, there = find_article(t, ARGV[1])
    if there then
      call('HDEL', bucket(t, place_of(id)), '#' .. id)
      call('HINCRBY', prefix .. 'm:' .. gen, 'a', -1)
      removed = removed + 1
    end
  end
end
return removed
