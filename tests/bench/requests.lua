-- Sends the requests of a file in order, over and over: wrk -s requests.lua URL -- FILE TYPENAMES
-- A line of the file is: method, path, token, address of the client and body, separated by tabs.
-- With TYPENAMES "true", responses are counted by their first __typename, or by their status if there is none.
-- At the end it prints one line of JSON.

local requests, position = {}, 0
local threads = {}
responses = {}

function setup(thread)
   table.insert(threads, thread)
end

function init(arguments)
   for line in io.lines(arguments[1]) do
      local method, path, token, address, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
      local headers = { ["X-Forwarded-For"] = address }
      if token ~= "" then headers["Authorization"] = "Bearer " .. token end
      if body ~= "" then headers["Content-Type"] = "application/json" end
      table.insert(requests, wrk.format(method, path, headers, body ~= "" and body or nil))
   end
   if arguments[2] == "true" then response = count end
end

function request()
   position = position % #requests + 1
   return requests[position]
end

function count(status, headers, body)
   local key = body:match('"__typename": ?"(%w+)"') or tostring(status)
   responses[key] = (responses[key] or 0) + 1
end

function done(summary, latency, _)
   local counted = {}
   for _, thread in ipairs(threads) do
      for key, number in pairs(thread:get("responses")) do
         table.insert(counted, string.format('"%s": %d', key, number))
      end
   end
   local errors = summary.errors
   print(string.format(
      '{"requests": %d, "microseconds": %d, "p50": %d, "p95": %d, "p99": %d, "failed": %d, "responses": {%s}}',
      summary.requests, summary.duration,
      latency:percentile(50), latency:percentile(95), latency:percentile(99),
      errors.connect + errors.read + errors.write + errors.status + errors.timeout,
      table.concat(counted, ", ")
   ))
end
