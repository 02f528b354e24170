-- SPDX-License-Identifier: MIT
-- What tcplab does not do, or does otherwise than the letter, each with its reason. `event` names the cells of spec/cells.tsv it takes out, in
-- every state.

return {
  {
    name = "no multi-level security", kind = "not applicable", event = "SEG-security-mismatch", section = "RFC 9293 A.1.2; 3.10.7",
    reason = "security compartments are for hosts with multi-level security; there is none here, and no IP option that would carry one is read",
  },
}
