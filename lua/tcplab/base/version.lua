-- SPDX-License-Identifier: MIT
-- The library's version: "scm", or the release's number.

return "scm"
