-- wrk's side of load.py: the request comes by the environment, the result goes out as one line of JSON.
local method, path, body = os.getenv("LOAD_METHOD"), os.getenv("LOAD_PATH"), os.getenv("LOAD_BODY")
local run, wanted = os.getenv("LOAD_RUN"), tonumber(os.getenv("LOAD_STATUS"))
local headers, number, fixed = {}, 0, nil
for name, text in os.getenv("LOAD_HEADERS"):gmatch("([^:\n]+): ([^\n]*)") do headers[name] = text end
if body == "" then body = nil else headers["Content-Type"] = headers["Content-Type"] or "application/json" end
if not path:find("@", 1, true) and not (body and body:find("@", 1, true)) then
  fixed = true
end

local threads = {}
function setup(thread) table.insert(threads, thread) end
function init()
  wrong = 0
  if fixed then fixed = wrk.format(method, path, headers, body) end
end
function request()
  if fixed then return fixed end
  number = number + 1
  local unique = run .. number
  return wrk.format(method, (path:gsub("@", unique)), headers, body and (body:gsub("@", unique)))
end
function response(status) if status ~= wanted then wrong = wrong + 1 end end
function done(summary, latency)
  local missed = 0
  for _, thread in ipairs(threads) do missed = missed + thread:get("wrong") end
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"wrong":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, missed))
end
