-- SPDX-License-Identifier: MIT
-- What the command line wants of every network that a script makes. Private: scripts say such things to the network itself.

---@class tcplab.settings
---@field seed? integer                             replaces the seed that a lab was given
---@field traced? boolean                           true: networks that want no trace keep one all the same
---@field color? boolean                            false: no colours, even on a terminal
---@field on_network? fun(network: tcplab.network)  called with each network when it has been made
---@field on_close? fun(network: tcplab.network)    called with each network just before it closes, while its trace can be read
---@field language? string                          what experiments speak: "en" or "zh"
---@field on_pass? fun(network: tcplab.network)     called each time a network has run for a while
---@field on_experiment? fun(it: tcplab.experiment) called with each experiment when it begins
local settings = {}

return settings
