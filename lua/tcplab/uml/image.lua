-- SPDX-License-Identifier: MIT
-- The kernels that have been built for this user (`make kernel`), each a program of its own in the user's cache.

local image = {}

local function non_empty(text) return text ~= "" and text or nil end

---The folder in which they are kept.
---@return string
function image.folder()
  local cache = non_empty(os.getenv "XDG_CACHE_HOME" or "")
  return (cache or (os.getenv "HOME" or "") .. "/.cache") .. "/tcplab"
end

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function numbers(release)
  local list = {}
  for digits in release:gmatch "%d+" do list[#list + 1] = math.tointeger(tonumber(digits)) end
  return list
end

local function is_newer(a, b)
  local left, right = numbers(a), numbers(b)
  for i = 1, math.max(#left, #right) do
    local x, y = left[i] or -1, right[i] or -1
    if x ~= y then return x > y end
  end
  return false
end

---Those there are: the newest release first, and of one release what was built last.
---@return { release: string, path: string }[]
function image.list()
  local folder, list, rank = image.folder(), {}, {}
  local pipe <close> = assert(io.popen("ls -t " .. quote(folder) .. " 2>/dev/null"))
  for name in pipe:lines() do
    local release = name:match "^linux%-(%d[%d.]*)%-%x+$"
    if release then
      list[#list + 1] = { release = release, path = folder .. "/" .. name }
      rank[list[#list]] = #list
    end
  end
  table.sort(list, function(a, b)
    if a.release ~= b.release then return is_newer(a.release, b.release) end
    return rank[a] < rank[b]
  end)
  return list
end

---Whether a release is one of a version: 6.1.192 is of 6.1, and of "any".
---@param release string
---@param version string
function image.is_of(release, version) return version == "any" or release == version or release:sub(1, #version + 1) == version .. "." end

local function none(version)
  local list, built = image.list(), {}
  for i, each in ipairs(list) do built[i] = each.release end
  if #list == 0 then return nil, "no Linux has been built for tcplab (make kernel): there is none in " .. image.folder(), "ENOENT" end
  local message = "Linux %s has not been built for tcplab (make kernel KERNEL=%s): there is %s"
  return nil, message:format(version, version, table.concat(built, ", ")), "ENOENT"
end

---The program that a word means: a version ("6.1", "6.1.192"), "any" for the newest, or a path.
---@param version string
---@return string? path
---@return string? message
---@return string? code
function image.find(version)
  if version:find "/" then
    local file, message = io.open(version, "rb")
    if not file then return nil, message, "ENOENT" end
    file:close()
    return version
  end
  for _, each in ipairs(image.list()) do
    if image.is_of(each.release, version) then return each.path end
  end
  return none(version)
end

return image
