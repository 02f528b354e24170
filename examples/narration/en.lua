-- SPDX-License-Identifier: MIT
-- What the experiments say, in English; zh.lua says the same in Chinese. lua/tcplab/narration.lua tells what a text may hold.
return {
  -- ---- To begin with ----
  {
    chapter = "To begin with",
    {
      name = "tour",
      question = "What does a whole connection look like, on a bad day?",
      without = "nothing is lost",
      says = {
        virtual = [[Each side has its own clock, in seconds, and its own state: read either side downwards. X is a loss; dots mean that the arrow
          crosses another and goes on in another row. In all {passed:%.0f} s went by, and you waited for none of them: the clock is virtual.]],
        capture = "The capture: {path} (for Wireshark)",
      },
      claims = {
        heard = "The server heard {heard}.",
        closed = "Both ended CLOSED: nothing was left behind.",
        timeout = "The lost SYN-ACK cost a timeout: it took {opened} s until both could speak.",
      },
    },
  },
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
    {
      name = "lost_handshake",
      question = "What if one of the handshake's three segments is lost?",
      without = "nothing is lost",
      says = {
        lost = "The first {kind} is lost:",
        again = "{time} s  the {host} sends its {kind} again",
        answer = [[A timer makes up for each. Who lacks an answer asks again: the client sends its SYN, the server its SYN-ACK. A lost ACK follows
          when the SYN-ACK comes again.]],
      },
      claims = {
        one_timeout = "The lost {kind} cost one retransmission timeout: both could speak after {took} s.",
        sent_again = "Something was sent again to make up for the {kind}.",
      },
    },
    {
      name = "stale_syn",
      question = "Why not open with two segments? An old SYN, long under way, comes to a server that opens in two, and to one that opens in three.",
      without = "both servers shake hands in three",
      says = {
        greeted = "callers greeted by the {host} server: {count}",
        answer = [[The third segment is the caller's word that this SYN is from now. It is why the handshake has three: not that both agree to talk,
          but that both know the numbers are fresh.]],
      },
      claims = {
        three = "The careful server learned from the RST that nobody called, and greeted nobody.",
        two = "The hasty server took the old SYN for a caller, and greeted a client that was not there.",
      },
    },
    {
      name = "simultaneous_open",
      question = "Two hosts call each other at the same time, and nobody listens. Do they get through?",
      without = "the second host calls later, when the first call has come to nothing",
      says = {
        path = "{host}: {path: > }",
        answer = "Yes: two SYNs cross, each is answered, and they make one connection, not two.",
      },
      claims = {
        states = "{host} went from SYN-SENT through SYN-RECEIVED: it opened simultaneously.",
        one = "{host} has one connection.",
        carries = "The connection carries data.",
      },
    },
    {
      name = "refusal",
      question = "Nobody listens at the port: how does the caller learn, and how soon?",
      without = "somebody listens",
      says = {
        outcome = "after {took:%6.3f} s: {open?connected|{message} ({code})}",
        answer = "By a RST, after one round trip. Only silence makes a caller wait.",
      },
      claims = {
        refused = "The call was refused.",
        round_trip = "The refusal came after one round trip, {took} s.",
        silence = "Silence was met with patience: the caller tried for {took:%.0f} s.",
      },
    },
    {
      name = "early_data",
      question = "How soon can a client speak?",
      without = "it waits until the handshake is over everywhere",
      says = {
        third = "the third segment: {kind} with {bytes} bytes",
        times = "ESTABLISHED at {established} s, and {line:%q} read at {heard} s",
        answer = [[With the third segment of the handshake: the ACK that opens the server's side may carry data, and the server has it in the
          moment it is ESTABLISHED.]],
      },
      claims = {
        whole = "The server heard what was said.",
        third_carries = "The third segment carries the data, {bytes} bytes.",
        at_once = "The data came with the handshake's end, not later.",
      },
    },
    {
      name = "syn_data",
      question = "May a SYN carry data?",
      without = "the listener has no room for it",
      says = {
        bytes = "the SYN brought {brought} bytes: {kept} kept, {acked} acknowledged by the SYN-ACK",
        read = "before the third segment there is {early?a connection|no connection} to accept; after it the server reads {line}",
        answer = [[Yes, though tutorials often say that a SYN carries none. But nobody reads it until the handshake is over, for the SYN may be stale.
          A listener keeps so much of it and no more; the rest has to be sent again.]],
      },
      claims = {
        aside = "The listener put the data aside, and acknowledged the SYN alone.",
        not_yet = "The server's program did not see the data before the handshake was over.",
        with_the_end = "The data was there with the handshake's end.",
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
    {
      name = "duplicates",
      question = [[No ACK came, and the segment is sent again. Was it lost, was its ACK, or was it only slow? How does the receiver tell?]],
      without = "the link is sound",
      says = {
        lost = "The segment is lost:",
        ack_lost = "Its ACK is lost:",
        slow = "It is slow:",
        came = "what came to the server: {came}",
        read = "what its program read: {read}",
        answer = [[By the numbers: what lies before RCV.NXT is there already. It is thrown away, and answered with an ACK, so that the sender
          learns of it. An original that comes after its copy is told even sooner: its timestamp is an old one (PAWS).]],
      },
      claims = {
        whole = "The program read each line once, and in order.",
        told_lost = "The copy came alone: nothing had to be thrown away.",
        told_ack_lost = "The copy came after the original, and was refused as a duplicate.",
        told_slow = "The original came after its copy, and was refused by its old timestamp.",
      },
    },
  },
  -- ---- Closing ----
  {
    chapter = "Closing",
    {
      name = "teardown",
      question = "Why does closing take four segments, when opening takes three?",
      without = "the server never closes its half",
      says = {
        path = "{host}: {path: > }",
        answer = [[Each direction ends on its own: a FIN and its ACK one way, then the other way, with as much time between them as the second side
          likes to take.]],
      },
      claims = {
        client = "The client closed in its four steps, TIME-WAIT the last before CLOSED.",
        server = "The server closed in its three steps, without TIME-WAIT.",
      },
    },
    {
      name = "three_segments",
      question = "Can a connection be closed with three segments?",
      without = "the server acknowledges the FIN at once, in a segment of its own",
      says = {
        path = "client: {path: > }",
        sent = "segments: {sent}",
        answer = "Yes: a FIN that carries the ACK takes the client past FIN-WAIT-2.",
      },
      claims = {
        three = "No more than three segments were sent.",
        straight = "The client went straight from FIN-WAIT-1 to TIME-WAIT.",
      },
    },
    {
      name = "half_close",
      question = "Can a side that has said all it had to say still listen?",
      without = "the client closes both directions instead of its own",
      says = {
        heard = "{time} s  the client, in {state}, hears {line}",
        answer = "Yes, for as long as the other side likes to talk: shutdown is no hanging up.",
      },
      claims = {
        whole = "The answer came whole, {lines} lines of it.",
        listening = "The client had ended its own direction when it heard {line}.",
      },
    },
    {
      name = "simultaneous_close",
      question = "Both sides close at the same time. Who waits in TIME-WAIT?",
      without = "the server closes when the client's FIN has come",
      says = {
        path = "{host}: {path: > }",
        answer = "Both: each sent its FIN first, and neither can know that its last ACK arrived.",
      },
      claims = {
        closing = "The {host} went through CLOSING: it closed simultaneously.",
        both_wait = "In TIME-WAIT were: {hosts}.",
      },
    },
    {
      name = "last_ack",
      question = "What is TIME-WAIT for? The last ACK is lost, and the side that closed second asks again.",
      without = "there is no TIME-WAIT: it lasts no time at all",
      says = {
        fin = "the server's FIN, number {number}, came at {time} s",
        over = "the client stayed until {over} s, {wait} s after the last",
        answer = [[Somebody must be there to answer a FIN that comes again. Each time one does, the wait begins anew: twice as long as a segment may
          live in the network.]],
      },
      claims = {
        heard = "The server heard in the end that its FIN had arrived ({event}).",
        anew = "TIME-WAIT began again with the second FIN, and lasted its whole {wait} s.",
      },
    },
  },
  -- ---- The real world ----
  {
    chapter = "The real world",
    {
      name = "live",
      kernel = true,
      question = "Does the kernel tell the same story? The handshake whose SYN-ACK is lost, and the teardown, with Linux as the client.",
      without = "nothing is lost",
      says = {
        kernel_says = "the kernel says: {line}",
        kernel_hears = "the kernel hears: {line}",
        capture = "The capture: {path} (for Wireshark)",
      },
      claims = {
        one_timer = "The lost SYN-ACK cost {took} s: one retransmission timer, whichever rang first.",
        closed = "Our side, which closed first, waits in TIME-WAIT.",
      },
    },
  },
}
