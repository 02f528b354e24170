-- SPDX-License-Identifier: MIT
-- What tcplab does not do, or does otherwise than the letter, each with its reason. `ids` are those of spec/requirements.tsv; `event` names the
-- cells of spec/cells.tsv it takes out, in every state. Kinds: "not done"; "in part"; "otherwise", where another rule is followed; "not taken",
-- for what an RFC leaves free; "not applicable".

return {
  {
    name = "no multi-level security", kind = "not applicable", event = "SEG-security-mismatch", section = "RFC 9293 A.1.2; 3.10.7",
    reason = "security compartments are for hosts with multi-level security; there is none here, and no IP option that would carry one is read",
  },
  {
    name = "no source routes", kind = "not done", ids = { "MUST-51", "MUST-52", "MUST-53", "SHLD-24" }, section = "RFC 9293 3.9.2.1",
    reason = "IPv4 options are skipped and never sent; routers drop packets with source routes, and hosts refuse them",
  },
  {
    name = "no IPv4 options of its own", kind = "not taken", ids = { "MAY-10", "MAY-11" }, section = "RFC 9293 3.9.2",
    reason = "the IPv4 timestamp and record route options are skipped and never sent",
  },
  {
    name = "the sender of a RST does not wait in TIME-WAIT", kind = "otherwise", ids = { "R9293-U6" }, section = "RFC 9293 3.6.1",
    reason = "the transition table of RFC 9293 3.10.5 leads an ABORT to CLOSED, and is followed",
  },
  {
    name = "a RST in SYN-SENT is judged by its ACK alone", kind = "otherwise", ids = { "R9293-U12" }, section = "RFC 9293 3.10.7.3",
    reason = "there is no RCV.NXT yet that its number could equal; it has to acknowledge the SYN",
  },
  {
    name = "an old SYN in TIME-WAIT is challenged", kind = "otherwise", ids = { "R6191-3" }, section = "RFC 6191 2; RFC 5961 4.2",
    reason = "in silence a restarted peer would wait for the whole of TIME-WAIT; RFC 5961 has a challenge ACK, which such a peer answers by a RST",
  },
  {
    name = "TIME-WAIT may end by a RST", kind = "not taken", ids = { "R1337-3" }, section = "RFC 1337 3",
    reason = "with the option rfc1337 a RST is ignored (fix F1), else it ends TIME-WAIT; how long that lasted is not asked",
  },
  {
    name = "no accurate ECN", kind = "not done",
    ids = { "R9768-1", "R9768-2", "R9768-3", "R9768-4", "R9768-5", "R9768-6", "R9768-7", "R9768-8" }, section = "RFC 9768",
    reason = "ECN is that of RFC 3168",
  },
  {
    name = "no probing for a larger path MTU", kind = "not done",
    ids = { "R4821-1", "R4821-2", "R4821-3", "R4821-4", "R4821-5", "R4821-6", "R8899-1", "R8899-2" }, section = "RFC 4821; RFC 8899",
    reason = "the path's MTU is learnt from ICMP alone, and never goes up again; a path that drops large packets in silence is not found",
  },
  {
    name = "path MTU discovery is the classic one", kind = "in part", ids = { "R9293-U15" }, section = "RFC 9293 3.7.2",
    reason = "RFC 1191 and RFC 8201 are followed, packetization-layer discovery is not done",
  },
  {
    name = "identifications come round after 65,536 packets, however soon", kind = "in part", ids = { "R6864-1" }, section = "RFC 6864 4.3",
    reason = "without path MTU discovery a host counts on for each peer, but does not slow down where it would begin anew within a packet's life",
  },
  {
    name = "the MSS follows the path of the moment", kind = "in part", ids = { "SHLD-6", "R6691-3" }, section = "RFC 9293 3.7.3",
    reason = "the links of a laboratory change their MTU by a script's will alone; what they may come to is not known beforehand",
  },
  {
    name = "the application's pauses are not validated", kind = "not done",
    ids = { "R7661-1", "R7661-2", "R7661-3", "R7661-4", "R7661-5", "R2861-1", "R2861-2" }, section = "RFC 7661; RFC 2861",
    reason = "RFC 5681's restart after idleness is done instead, and cwnd grows only where it held the sender back",
  },
  {
    name = "what may be lost waits for RACK and the probe", kind = "otherwise", ids = { "R6675-3" }, section = "RFC 6675; RFC 8985",
    reason = "lost segments go first, then new ones; RACK's timer and the probe take the place of possibly lost holes and the rescue",
  },
  {
    name = "each segment is handled as it arrives", kind = "not done", ids = { "MUST-59" }, section = "RFC 9293 3.10.7.4",
    reason = "packets come one by one, and each is answered in its turn, so that it can be seen what drew an ACK; delayed ACKs coalesce (MUST-58)",
  },
  {
    name = "F-RTO looks at what the cumulative ACK covers", kind = "otherwise", ids = { "R5682-4" }, section = "RFC 5682 3.1",
    reason = "with SACK, too, a timeout is found needless when SND.UNA moves over text that was sent once; a SACK beyond it does not decide",
  },
  {
    name = "a needless timeout is taken back whole", kind = "otherwise", ids = { "R5682-5" }, section = "RFC 5682 4",
    reason = "cwnd and ssthresh are at once what they were before it, where RFC 4015 would lead them there",
  },
  {
    name = "what lies beyond a shrunken edge is not sent", kind = "not taken", ids = { "MAY-7" }, section = "RFC 9293 3.8.6",
    reason = "it would be dropped",
  },
  {
    name = "keep-alive carries no octet", kind = "not taken", ids = { "MAY-6" }, section = "RFC 9293 3.8.4",
    reason = "peers that need one have not been met for decades, and SHLD-12 asks for none",
  },
  {
    name = "the peer's Diffserv value is not kept", kind = "not taken", ids = { "MAY-9" }, section = "RFC 9293 3.9.1.9",
    reason = "each segment shows its own, to hooks and in the trace",
  },
  {
    name = "no PUSH, no FLUSH", kind = "not taken", ids = { "MAY-14", "MAY-15", "MAY-17" }, section = "RFC 9293 3.9.1",
    reason = "SEND sets PSH where the queue ends (MUST-61), RECEIVE hands over what is there; LuaSocket's calls know neither",
  },
  {
    name = "advice to applications", kind = "not applicable", ids = { "SHLD-13", "SHLD-23", "R6093-2" }, section = "RFC 9293 3.8.5, 3.9.2",
    reason = "that urgent data is better left alone, and the Diffserv value constant, is for those who write programs: a laboratory offers both",
  },
  {
    name = "documents about documents", kind = "not applicable", ids = { "R7414-1", "R7414-2", "R8899-3" }, section = "RFC 7414; RFC 8899 1",
    reason = "a roadmap, and the words of datagram protocols: nothing that could be observed",
  },
}
