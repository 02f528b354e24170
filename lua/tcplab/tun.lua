-- SPDX-License-Identifier: MIT
-- A real network: hosts of ours on one side of a wire, the kernel of this machine on the other, behind a TUN device. The same face as a lab's,
-- in real time.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local kernel = require "tcplab.net.kernel"
local link = require "tcplab.net.link"
local namespace = require "tcplab.net.namespace"
local near = require "tcplab.base.near"
local network = require "tcplab.net.network"
local settings = require "tcplab.base.settings"
local strict = require "tcplab.base.strict"

local NEVER = 1 << 61 -- ns: the core's alarm that keeps a real network from being idle lies beyond

-- ---- what a real network does in its own way ----

-- Runs along the real clock, reads packets, waits.
local function pass(self, until_ns, events)
  local why, message = core.tun_pump(self._opened, until_ns, events)
  if not why then check.fail("%s", message) end
  if why == "ready" then self._kernel:_wake() end
  return why
end

-- A hook sees the network as it was left by what the hook is told of.
local function catch_up(self)
  network.class._catch_up(self)
  if not (self._in_hook or self._closed) then core.tun_catch_up(self._opened) end
end

local function join(self, a, b)
  local new_link = link.new(self, a, b, { mtu = self._mtu })
  self._links[new_link.id] = new_link
  return new_link
end

local own = { _catch_up = catch_up }

-- It goes on until stop, close or SIGINT.
function own._limit() end

function own.host(self, name, options)
  if options and options.kernel then
    check.self(self, network.class, "host")
    self:_check_open()
    return self._kernel:_claim(name, options)
  end
  local new_host = network.class.host(self, name, options)
  join(self, new_host, self._hub)
  return new_host
end

local PATIENCE <const> = 5 -- s: a script that plays a peer by hand is not to hang where the peer is silent

function own.hand(self, name, options)
  local new_hand = network.class.hand(self, name, options)
  new_hand:settimeout(PATIENCE)
  join(self, new_hand, self._hub)
  return new_hand
end

function own.switch() check.fail("switch: a real network has one wire, net.link, to which all its hosts are attached") end

function own.fd(self)
  check.self(self, network.class, "fd")
  self:_check_open()
  return core.tun_fd(self._opened)
end

function own.deadline(self)
  local due = network.class.deadline(self)
  return due and due < NEVER / 1e9 and due or nil
end

function own.close(self)
  self:_do(function()
    if self._closed then return end
    local ok, raised = pcall(network.class.close, self) -- first: whoever is told looks at a network whose clock still runs
    core.tun_close(self._opened)
    if not ok then error(raised, 0) end
  end)
end

-- A real network is a network, with these ways of its own. It has one wire, which can be called as net:link is.
local real = {}
for name, value in pairs(network.class) do real[name] = value end
for name, method in pairs(own) do real[name] = method end
real.__name, real.__like, real.link = nil, { ["tcplab.network"] = true }, nil
strict.seal(real, { what = "network", kept = { "trace", "closed", "link", "device", "release" }, calls = network.calls })

-- ---- making one ----

local OPTIONS = { "address", "name", "mtu", "queue", "namespace", "seed", "trace", "hosts" }

local function check_options(given)
  check.type(given, "table", "options")
  local known = {}
  for _, name in ipairs(OPTIONS) do known[name] = true end
  for name in pairs(given) do
    if not known[name] then check.fail("tun: unknown option %s%s", check.shown(name), near.hint(name, OPTIONS)) end
  end
end

local function addresses_of(given)
  if type(given) ~= "table" then return check.type(given, "string", "address"), nil end
  if #given < 1 or #given > 2 then check.fail("address: one address, or one IPv4 and one IPv6 address in a list, expected") end
  return check.type(given[1], "string", "address[1]"), given[2] and check.type(given[2], "string", "address[2]")
end

local function optional_integer(given, name, low, high)
  return given ~= nil and check.integer(given, name, low, high) or nil
end

local function device_options(given)
  local address, address6 = addresses_of(given.address)
  return {
    address = address, address6 = address6,
    name = given.name and check.type(given.name, "string", "name"),
    mtu = optional_integer(given.mtu, "mtu", 68, 65535),
    queue = optional_integer(given.queue, "queue", 1, 1 << 20),
  }
end

-- The world outside is not repeatable: unless a script wants its own draws to be, neither are these.
local function fresh_seed()
  local file = io.open("/dev/urandom", "rb")
  local bytes = file and file:read(8)
  if file then file:close() end
  return bytes and string.unpack("<i8", bytes) or os.time()
end

-- The hub, the kernel's end, and the wire between them.
local function lay_wire(self, device)
  self._hub = network.class.switch(self, "hub")
  self._kernel = self:_add_node(kernel.new(self))
  self._mtu = device.mtu or 1500
  return join(self, self._hub, self._kernel)
end

-- So that no host of ours can have them.
local function own_addresses(self, device)
  for _, address in ipairs { device.address, device.address6 } do
    local text = core.parse_address(address:match "^[^/]+")
    self:_own(self._kernel, text)
    assert(core.share_link(self._core, address))
  end
end

local MISUSE = { EINVAL = true, ENAMETOOLONG = true }

---A network whose other side is the kernel. `switch` and the making of links raise: it has one wire.
---@class tcplab.tun_network: tcplab.network
---@field link tcplab.link   the wire between our hosts and the kernel: faults, filters and options work on live traffic
---@field device string      the TUN device's name

---Options of tcplab.tun.
---@class tcplab.tun_options
---@field address string|string[]  the kernel's side with its prefix length, "10.9.0.1/24"; one of each family in a list
---@field name? string             the device's; the kernel's choice without
---@field mtu? integer             bytes; 1500 without
---@field queue? integer           packets the kernel keeps for us; 5000 without
---@field namespace? boolean       this process moves into a network namespace of its own first, and stays there with all it starts
---@field seed? integer            for random draws; another one each time without
---@field trace? false|table       as for tcplab.lab; so is hosts
---@field hosts? table<string, string>

---Makes a TUN device whose other side is this machine's kernel, and a network on our side of it. Its hosts need addresses out of the device's
---prefix; the kernel goes by the name "kernel", and with the option kernel it is a host, whose connections are its own sockets. It runs in real time:
---run() goes on until stop, close or SIGINT. Linux alone; needs the right to make a device (CAP_NET_ADMIN), which with namespace every user has who
---may make user namespaces.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local server = net:host("server", { address = "10.9.0.2" })
---server:listen(80)
---net.link:drop("SYN-ACK", 1) -- on live traffic
---local kernel = net:host("kernel", { kernel = true })
---print(kernel:connect(server, 80).state, net:now() > 0.9)  --> ESTABLISHED true
---net:close()
---```
---@param options tcplab.tun_options
---@return tcplab.tun_network? network  nil when there is no such device to be had
---@return string? message          what stands in the way, and what to do
---@return string? code             "EPERM", "EACCES", "ENOENT", "EBUSY", "ENOTSUP" ...
local function tun(options)
  check_options(options)
  local device = device_options(options)
  if options.namespace then
    local ok, message, code = namespace.enter()
    if not ok then return nil, message, code end
  end
  local seed = optional_integer(settings.seed or options.seed, "seed", math.mininteger, math.maxinteger) or fresh_seed()
  local self = network.new({ seed = seed, trace = options.trace, hosts = options.hosts }, pass)
  local wire = lay_wire(self, device)
  local opened, message, code = core.tun_open(self._core, self._kernel.id, device)
  if not opened then
    self:close()
    if MISUSE[code] then check.fail("%s", message) end
    return nil, message, code
  end
  own_addresses(self, device)
  self._opened, self._device, self._link = opened, core.tun_name(opened), wire
  wire._is_wire = true
  return strict.with_private(self, real)
end

return tun
