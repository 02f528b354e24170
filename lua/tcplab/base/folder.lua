-- SPDX-License-Identifier: MIT
-- Folders: the files below one, found by the system's own find.

local folder = {}

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

---The files below a folder whose names end so, sorted by their bytes; the file itself, where it is one.
---@param path string
---@param ending string  ".pkt"
---@return string[]? files
---@return string? message  when there is nothing by that name
function folder.files(path, ending)
  local handle <close>, message = io.open(path, "rb")
  if not handle then return nil, message end
  if handle:read(0) or handle:seek "end" == 0 then return { path } end
  local root = path:match "^(.-)/*$"
  if root == "" then root = "/" elseif root:sub(1, 1) == "-" then root = "./" .. root end
  local files = {}
  local listing <close> = assert(io.popen(("find %s -type f -name %s"):format(quote(root), quote("*" .. ending))))
  for line in listing:lines() do files[#files + 1] = line end
  table.sort(files)
  return files
end

return folder
