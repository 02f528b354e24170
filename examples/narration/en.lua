-- SPDX-License-Identifier: MIT
-- What the experiments say, in English; zh.lua says the same in Chinese. lua/tcplab/narration.lua tells what a text may hold.
return {
  -- ---- The segment ----
  {
    chapter = "The segment",
  },
  -- ---- Opening ----
  {
    chapter = "Opening",
    {
      name = "handshake",
      question = "What does each side know before it calls a connection ESTABLISHED?",
      without = "the server makes up its mind at the SYN",
      says = {
        known = "{time} s  {host}: my number is {own}, my peer's is {peer}; mine {heard?was|was not} heard",
        answer = [[Every byte has a number, and each side draws the number it begins with. Three segments are the fewest that tell both sides both
          numbers and that they were heard: the middle one does two jobs.]],
      },
      claims = {
        numbers = "Each side has the number that the other drew.",
        heard = "Each side knew, before it was ESTABLISHED, that its own number had been heard.",
      },
    },
  },
  -- ---- Under attack ----
  {
    chapter = "Under attack",
  },
  -- ---- Talking ----
  {
    chapter = "Talking",
  },
  -- ---- Closing ----
  {
    chapter = "Closing",
  },
  -- ---- The real world ----
  {
    chapter = "The real world",
  },
}
