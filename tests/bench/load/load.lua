-- One piece of work for wrk: wrk … -s load.lua URL -- WORK WORLD START [WINDOW EACH]
--   WORK   w: batches of 50; w1: single impressions; r: fresh requests for 5; m: one w to four r; constant: GET /
--   WORLD  a file: first artwork and number of artworks; then a line a listener: session single-session first-chunk mood cookie
--   START  how many batches, or singles, each listener has sent before
--   WINDOW listeners of a thread who are there at once, 0 for all; each sends EACH requests and leaves, and the next come
-- Artworks are taken from one permutation of ids, cut into chunks of 50; each listener goes through it from a chunk of its own.
local ffi = require("ffi")
ffi.cdef[[
typedef struct { long seconds; long nanoseconds; } bench_time;
int clock_gettime(int clock, bench_time *time);
]]
local monotonic = 1
local clock = ffi.new("bench_time")
local batch = 50
local beforeNumber, beforeIds, afterIds = '","firstNumber":', ',"artworkIds":[', "]}"
local base, span, stride = 0, 0, 7
local chunks = {}
local listeners = {}
local work, start = "r", 0
local threads = {}

function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end

local function artworkAt(at)
  return string.format("%d", base + (at * stride) % span)
end

local function makeChunks()
  for chunk = 0, span / batch - 1 do
    local ids = {}
    for i = 0, batch - 1 do
      ids[i + 1] = artworkAt(chunk * batch + i)
    end
    chunks[chunk] = table.concat(ids, ",")
  end
end

local function readWorld(path)
  local number = -1
  for line in io.lines(path) do
    if number < 0 then
      base, span = line:match("(%d+) (%d+)")
      base, span = tonumber(base), tonumber(span)
    elseif number % 2 == id then
      local session, single, first, valence, energy, cookie = line:match("(%S+) (%S+) (%S+) (%S+) (%S+) (.+)")
      local head = "Host: 127.0.0.1\r\nCookie: " .. cookie .. "\r\nContent-Type: application/json\r\nContent-Length: "
      local body = '{"sessionId":"' .. session .. '","batchId":"'
      listeners[#listeners + 1] = {
        first = tonumber(first),
        post = head,
        batch = "POST /api/artworks/batch-impressions HTTP/1.1\r\n" .. head,
        batchBytes = #body + 36 + #beforeNumber + #beforeIds + #afterIds,
        body = body,
        single = '{"sessionId":"' .. single .. '","number":',
        fresh = "GET /api/artworks/fresh?sessionId=" .. session .. "&count=5&valence=" .. valence .. "&energy=" .. energy
          .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " .. cookie .. "\r\n\r\n",
      }
    end
    number = number + 1
  end
end

function init(args)
  work, start = args[1], tonumber(args[3])
  window, each = tonumber(args[4] or 0), tonumber(args[5] or 1)
  sent, asked, made = 0, 0, 0
  -- A text, which is all that wrk lets the main thread read besides numbers.
  eachSecond = ""
  second, inSecond, began = 0, 0, nil
  if work ~= "constant" then
    readWorld(args[2])
    makeChunks()
  end
end

-- The n-th request's listener, and how many that listener has sent before it.
local function turn(n)
  if window == 0 then return listeners[n % #listeners + 1], start + math.floor(n / #listeners) end
  local group = math.floor(n / (window * each))
  return listeners[(group * window + n % window) % #listeners + 1], start + math.floor(n / window) % each
end

local function count()
  ffi.C.clock_gettime(monotonic, clock)
  local now = tonumber(clock.seconds) + tonumber(clock.nanoseconds) / 1e9
  began = began or now
  while now - began >= second + 1 do
    eachSecond = eachSecond .. inSecond .. " "
    second, inSecond = second + 1, 0
  end
  inSecond = inSecond + 1
end

local function post(path, head, body)
  return "POST " .. path .. " HTTP/1.1\r\n" .. head .. #body .. "\r\n\r\n" .. body
end

-- Joined once: with a body made by itself first it takes a third longer, on the processors that the servers need.
local function nextBatch()
  local listener, number = turn(sent)
  sent = sent + 1
  local ids = chunks[(listener.first + number) % (span / batch)]
  local batchId = string.format("0190%04x-%04x-7%03x-8%03x-%012x", id, number % 65536, sent % 4096, listener.first % 4096, sent)
  local firstNumber = string.format("%d", number * batch + 1)
  return listener.batch .. listener.batchBytes + #firstNumber + #ids .. "\r\n\r\n"
    .. listener.body .. batchId .. beforeNumber .. firstNumber .. beforeIds .. ids .. afterIds
end

local function nextSingle()
  local listener, number = turn(sent)
  sent = sent + 1
  -- The second half of what the listener was served: the first is for batches.
  local artwork = artworkAt(((listener.first + span / batch / 2) * batch + number) % span)
  return post("/api/artworks/" .. artwork .. "/impression", listener.post, listener.single .. number + 1 .. "}")
end

local function nextFresh()
  local listener = turn(asked)
  asked = asked + 1
  return listener.fresh
end

function request()
  count()
  if work == "w" then return nextBatch() end
  if work == "w1" then return nextSingle() end
  if work == "r" then return nextFresh() end
  if work == "constant" then return "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" end
  made = made + 1
  return made % 5 == 1 and nextBatch() or nextFresh()
end

function done(summary, latency)
  local sentMax = 0
  local total = 0
  local seconds = {}
  for _, thread in ipairs(threads) do
    sentMax = math.max(sentMax, thread:get("sent"))
    total = total + thread:get("sent")
    local at = 0
    for begun in thread:get("eachSecond"):gmatch("%d+") do
      at = at + 1
      seconds[at] = (seconds[at] or 0) + tonumber(begun)
    end
  end
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.6f,"sent":%d,"sentMax":%d,"refused":%d,"broken":%d,"bytes":%d,"p50Us":%d,"p99Us":%d,"maxUs":%d,"eachSecond":[%s]}\n',
    summary.requests, summary.duration / 1e6, total, sentMax, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.bytes, latency:percentile(50), latency:percentile(99), latency.max, table.concat(seconds, ",")))
end
