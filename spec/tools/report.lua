-- SPDX-License-Identifier: MIT
-- busted's terminal report, which also notes each spec's outcome in the file that TCPLAB_REPORT names: so the count is right even when the
-- process dies halfway. What it tells at the end, of what failed or was skipped, goes into a file beside that, REPORT.details.

return function(options)
  local busted = require "busted"
  local path = assert(os.getenv "TCPLAB_REPORT", "TCPLAB_REPORT is not set")
  local report = assert(io.open(path, "w"))
  busted.subscribe({ "suite", "end" }, function() -- before busted's own
    io.output(path .. ".details")
    return nil, true
  end)
  local handler = require "busted.outputHandlers.plainTerminal"(options)
  report:setvbuf "line"

  -- busted's own handler knows skips inside of a spec alone; one in a before_each is listed here.
  local skip_inside = handler.basePending
  function handler.basePending(element, parent, message, trace)
    if handler.inProgress[tostring(element)] then return skip_inside(element, parent, message, trace) end
    handler.pendingsCount = handler.pendingsCount + 1
    local formatted = handler.format(element, parent, message, trace)
    formatted.trace, formatted.message = trace, message
    table.insert(handler.pendings, formatted)
    return nil, true
  end

  local function note(outcome, text) report:write(outcome, " ", (tostring(text):gsub("%s+", " ")), "\n") end

  busted.subscribe({ "test", "start" }, function(element)
    note("begin", handler.getFullName(element))
    return nil, true
  end)
  busted.subscribe({ "test", "end" }, function(element, _, status)
    note(tostring(status), handler.getFullName(element))
    return nil, true
  end)

  -- What happens outside of a spec: a file that does not load, a setup that raises, a before_each that skips its spec.
  local places = "file describe suite setup teardown strict_setup strict_teardown lazy_setup lazy_teardown before_each after_each"
  for place in places:gmatch "%S+" do
    for kind, outcome in pairs { error = "outside", failure = "outside", pending = "pending" } do
      busted.subscribe({ kind, place }, function(element)
        note(outcome, element.name or place)
        return nil, true
      end)
    end
  end
  busted.subscribe({ "exit" }, function()
    note("end", "")
    return nil, true
  end)
  return handler
end
