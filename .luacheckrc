std = "lua54"
max_line_length = 150
exclude_files = { "build" }
files["spec/**/*_spec.lua"] = { std = "+busted" }
files["spec/helper.lua"] = { std = "+busted" }
files[".busted"] = { std = "lua54" }
files["*.rockspec"] = { std = "+rockspec" }
files[".luarocks-debian.lua"] = { ignore = { "111" } }
