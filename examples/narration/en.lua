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
    {
      name = "dissect",
      question = "What is in a TCP segment, byte by byte?",
      without = "the network turns over one bit of the SYN",
      says = {
        source = "{at:%2d}  {hex:%-12s} source port      {value}",
        destination = "{at:%2d}  {hex:%-12s} destination port {value}",
        sequence = "{at:%2d}  {hex:%-12s} sequence number  {value}: of the first byte, here of SYN",
        acknowledgment = "{at:%2d}  {hex:%-12s} acknowledgment   {value}: counts only with the flag ACK",
        offset = "{at:%2d}  {hex:%-12s} data offset      {high} words; then four reserved bits: {low}",
        flags = "{at:%2d}  {hex:%-12s} flags            {value:0x%02x}: the bits CWR ECE URG ACK PSH RST SYN FIN",
        window = "{at:%2d}  {hex:%-12s} window           {value}: bytes there is room for",
        checksum = "{at:%2d}  {hex:%-12s} checksum         {value:0x%04x}",
        urgent = "{at:%2d}  {hex:%-12s} urgent pointer   {value}: counts only with the flag URG",
        kind = "{at:%2d}  {hex:%-12s} option           kind {value}: maximum segment size",
        length = "{at:%2d}  {hex:%-12s}                  {value} bytes long",
        mss = "{at:%2d}  {hex:%-12s}                  send me no more than {value} bytes in a segment",
        offset_in_words = [[The data offset says where the data begins: after {words} words of 32 bits, {header} bytes. It has four bits, so
          a header is no longer than 60 bytes, and 40 of them are options at the most.]],
        flags_in_words = [[Many a drawing has six flags and six reserved bits, as RFC 793 had. Two of those are flags by now, CWR and ECE
          (RFC 3168), and four are left.]],
        sum = [[All words of 16 bits added, addresses, protocol number and length included: {sum:0x%04x}. The checksum was chosen so that 0xffff
          comes out. Many a text calls it a CRC. It is a sum: two words exchanged leave it as it was, which a CRC would hardly miss.]],
      },
      claims = {
        sum = "The checksum is right: the words add up to 0xffff.",
        no_crc = "A word moved to another place leaves the sum as it was.",
      },
    },
    {
      name = "numbers",
      question = "273 bytes are sent, then 1400. Which acknowledgment number follows each?",
      without = "the segment with the 273 bytes is lost",
      says = {
        answer = "{kind:%-4s} seq={seq:%-4d} {size:%4d} bytes   answered by ack={ack}{one_more? = seq + 1|}",
        answer_in_words = [[Numbers count bytes, not segments, and an acknowledgment names the byte that is awaited next. "ack = seq + 1" is true
          of a SYN and of a FIN, which take one number each, and of a single byte; some tutorials have it for everything. A bare ACK takes no
          number, and is not acknowledged.]],
      },
      claims = {
        bytes = "Byte 1 is the first of the data: 273 bytes are answered by {first}, the 1400 after them by {second}.",
        numbered = "{kind}: ack = seq + bytes, and one more for SYN and FIN: {ack}.",
      },
    },
  },
  -- ---- Opening ----
  {
    chapter = "Opening",
    {
      name = "handshake",
      question = "What does each side know before it calls a connection ESTABLISHED?",
      without = "the server makes up its mind at the SYN",
      says = {
        known = "{time} s  {host}: my number {own}, my peer's {peer}; mine {heard?was|was not} heard",
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
        answer = [[A timer makes up for each. Who lacks an answer asks again: the client sends its SYN, the server its SYN-ACK. An ACK has no timer:
          a lost one follows when the SYN-ACK comes again, or with the client's first data, which acknowledges as well.]],
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
        answer = [[By a RST, after one round trip. Only silence makes a caller wait: a lost SYN looks just like a dead host, so TCP tries again,
          after ever longer waits, and gives up after no less than three minutes (RFC 9293).]],
      },
      claims = {
        refused = "The call was refused.",
        round_trip = "The refusal came after one round trip, {took} s.",
        silence = "Where nothing answered, the caller tried for {took:%.0f} s, and heard {code}.",
      },
    },
    {
      name = "early_data",
      question = "Must a client wait for the end of the handshake before it sends data?",
      without = "it waits until the handshake is over everywhere",
      says = {
        third = "the third segment: {kind} with {bytes} bytes",
        times = "ESTABLISHED at {established} s, and {line:%q} read at {heard} s",
        answer = [[No: it knows all it has to know when the SYN-ACK has come. The third segment is an ACK like any other and may carry data, and the
          server has it in the moment it is ESTABLISHED. (Even the first may: see syn_data.)]],
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
        answer = [[Yes, though tutorials often say that a SYN carries none. But nobody reads it until the handshake is over, for the SYN may be a
          stale one. A listener keeps only a little of it, and what the SYN-ACK does not acknowledge is sent again.]],
      },
      claims = {
        aside = "The listener put the data aside, and acknowledged the SYN alone.",
        not_yet = "The server's program did not see the data before the handshake was over.",
        with_the_end = "The data was there with the handshake's end.",
      },
    },
    {
      name = "giving_up",
      question = "The client's ACK never comes. How long does the server wait, and what if the client speaks up later?",
      without = "the ACK comes",
      says = {
        waits = "Seconds between the SYN-ACKs: {waits: }; after the last {last:%.0f}, and at {gave_up} s it was given up. The client: {client}.",
        answer = [[Each time nobody answers, the server waits twice as long, so as not to make a jam worse. At last it gives the half-open
          connection up and says nothing. The client has been ESTABLISHED since the first SYN-ACK; it learns the truth when its first data draws a
          reset.]],
      },
      claims = {
        doubles = "The SYN-ACK was sent again {count} times, each time after twice the wait.",
        reset = "The server had forgotten the connection, and answered the client's data by a reset: {code}.",
      },
    },
    {
      name = "isn_clock",
      question = "Where do initial sequence numbers come from?",
      without = "all are drawn at random",
      says = {
        drawn = [[isn = {policy:%-8s} {first:%10d}, after {seconds} s {second:%10d}; on another port {third:%10d}]],
        answer = [[A connection's numbers should lie above those of the last one between the same ports, whose segments may still be under way:
          hence a clock, one step every 4 microseconds, and not milliseconds, as some texts have it. RFC 6528 begins the clock at a secret place for
          each pair of addresses and ports, so that one connection's number tells nothing of another's. And "at random", as many a text says, would
          be as hard to guess, but could fall among the numbers of the last connection.]],
      },
      claims = {
        clock = "The clock of RFC 793 made a step every {tick:%.3f} microseconds, and goes round in {hours:%.2f} hours (RFC 793 reckoned 4.55).",
        keyed = "RFC 6528 made one every {tick:%.3f} between the same two ports, and has numbers unlike those for another port.",
        random = "Random numbers follow no clock.",
      },
    },
    {
      name = "isn",
      question = "Why must initial sequence numbers be hard to guess?",
      without = "both servers draw their numbers as RFC 6528 says",
      says = {
        policy = "The server's numbers come from {policy}:",
        attack = "isn = {policy}: in the client's name the server took: {line}",
        answer = [[With nothing but a clock, whoever has seen one number knows the others: he can shake hands in somebody else's name without
          hearing a word, as in 1994 somebody did. RFC 6528 adds a secret for each pair of addresses and ports; his own number then tells him
          nothing about anybody else's.]],
      },
      claims = {
        guessed = "With the clock the attacker guessed the number, and the server took his text for that of {address}.",
        not_guessed = "With a secret added nothing of the kind succeeded.",
      },
    },
    {
      name = "blind_reset",
      question = "An attacker sees nothing of a connection, but knows its addresses and ports. Can he end it?",
      without = "the server draws its numbers as RFC 6528 says",
      says = {
        attack = "isn = {isn:%-7s} rfc5961 = {rfc5961:%-3s} {sent} resets, {answered} answered: the connection {lives?lives|is gone}",
        answer = [[By the rules of 1981 a reset needs a number anywhere in the window, and the clock tells the forger where that is: a few resets
          {apart} apart cover {seconds} s of it. Without the clock he would need {tries}. And RFC 5961 obeys one number alone, the one awaited next,
          and answers the others in the window by a challenge, which the forger never sees.]],
      },
      claims = {
        ended = "With numbers from the clock alone and the rules of 1981, one of {sent} resets ended the connection.",
        secret = "With a secret in the numbers none of {sent} did.",
        challenged = "With RFC 5961 none of {sent} did, though the numbers could be guessed: {answered} drew a challenge ACK.",
      },
    },
    {
      name = "fast_open",
      question = "A request on a new connection waits a round trip longer for its answer, for the handshake. Can that be saved?",
      without = "the server does not offer Fast Open",
      says = {
        asked = "answered after {rounds:%.1f} round trips; Fast Open: {fast}",
        answer = [[A SYN could always carry data, but a server may act on it only when it knows that the address is no lie. The first time it
          hands out a cookie; a SYN that brings it back has proved its address, and its text is read at once. What may come twice must be
          harmless: a SYN can be repeated by the network.]],
      },
      claims = { saved = "The first request took {first:%.1f} round trips, the second {second:%.1f}." },
    },
    {
      name = "queues",
      question = "Many clients call, and the program accepts nobody. What fills, and what happens then?",
      without = "both queues have room for all",
      says = {
        queues = "{at} s  half-open {half_open} of {half_open_limit}, waiting for accept {waiting} of {backlog}",
        last = "The last client that was answered:",
        dropped = "SYNs that found the half-open queue full: {syns}; last ACKs that found the accept queue full: {acks}",
        answer = [[A listener has two queues, and the backlog that listen is given is the length of the second. A SYN takes a place in the first,
          the last ACK moves it to the second, accept takes it out. A full first queue drops SYNs, and the clients try again. A full second one
          drops the last ACK, by which the client is ESTABLISHED already: it believes in a connection that the server does not have yet. Until it
          learns better, the server asks for that ACK again; the option abort_on_overflow resets instead.]],
      },
      claims = {
        syns = "Not all found a place: of {calls} calls {opened} were answered.",
        believes = "{opened} clients were ESTABLISHED, and the server had {ready} connections for them.",
      },
    },
  },
  -- ---- Under attack ----
  {
    chapter = "Under attack",
    {
      name = "flood",
      question = "SYNs pour in from addresses that nobody has. What does the server look like, and what becomes of honest clients?",
      without = "there is no flood",
      says = {
        listener = "half-open connections: {half_open}; SYNs dropped since, for want of a place: {dropped}",
        answer = [[Each SYN takes a place in the half-open queue and is answered; nobody acknowledges the answer. The place is free again only when
          the server gives up, and then the next forged SYN takes it. Nothing is broken: the queue is just never empty.]],
      },
      claims = {
        before = "Before the flood all {calls} clients got through.",
        during = "During the flood {opened} of {calls} did.",
      },
    },
    {
      name = "cookies",
      question = "How can a server answer SYNs without remembering them?",
      without = "SYN cookies are off",
      says = {
        queue = "half-open connections: {half_open} of {limit}; SYNs dropped: {dropped}",
        kept = "The last client's connection: segments of {mss} bytes, window scale {scale}, {sack?with|without} SACK",
        answer = [[The answer to a SYN carries a number of the server's choice. When the queue is full, the choice is a cookie: a keyed hash of
          the addresses, the ports and the client's number, with the MSS hidden in it. Whoever answers returns it, plus one, and thereby proves
          that he got it; nothing need be remembered until then. What else was agreed on travels in the timestamp.]],
      },
      claims = {
        all = "With the queue full of forgeries, all {welcomed} clients were welcomed.",
        options = "And nothing was lost: SACK, window scaling and timestamps are all agreed on.",
      },
    },
    {
      name = "defences",
      question = "What else helps against a SYN flood: a longer queue, shorter timers, dropping the oldest, a filter?",
      without = "the server has none of these defences",
      says = {
        result = "{defence:%-38s} {opened:%3d} of {calls} through, {half_open:%4d} half-open",
        answer = [[A longer queue fills a little later. Shorter timers and dropping the oldest give a place back before the next client needs it,
          as long as that takes longer than an honest client's round trip: a faster flood, or a farther client, and they fail. A filter is perfect
          where one knows whom to expect. Cookies do without the queue.]],
      },
      claims = {
        none = "Without a defence {opened} of {calls} clients got through.",
        help = "Shorter timers brought {shorter} through, dropping the oldest {oldest}, the filter {filter}.",
        longer = "The longer queue brought {opened} through: it was full as well.",
      },
    },
    {
      name = "forged",
      question = "A stranger knows both addresses and ports. What can a forged segment do?",
      without = "the server goes by the rules of 1981, without RFC 5961",
      says = {
        forged = "{kind:%-4s} {offset:%+9d} off the mark: {reason:%-14s} answer {answer:%-3s} {lives?lives|gone}, {taken} bytes taken",
        answer = [[A reset in the window is not obeyed: it is answered by a challenge ACK, and the real peer, had it lost the connection, would
          reset again with exactly the number awaited. A forger must guess that one of {numbers} numbers; by the rules of 1981 any number in the
          window did, and windows are large. Forged text has to fit twice, by its own number and by what it acknowledges; by the old rules half of
          all acknowledgments did.]],
      },
      claims = {
        harmless = "The connection outlived every forgery but one, and took no forged text.",
        exact = "A reset with exactly the awaited number is obeyed.",
      },
    },
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
    {
      name = "tell_apart",
      question = "A segment is lost, comes twice, or comes late. How do the two ends tell which it was?",
      without = "no SACK: acknowledgments alone must do",
      says = {
        drop = "Lost:",
        duplicate = "Twice:",
        reorder = "Late:",
        ack = "{time} s  ACK {ack}, SACK {from}:{to}: {gap?beyond a gap|had come before}",
        again = "{time} s  {seq} sent again",
        answer = [[A cumulative ACK that repeats itself says only that something is amiss. The SACK option says what: a block above the ACK is a
          gap that may fill yet, so the sender gives it a quarter of a round trip, unless more than two segments have overtaken it; a block below
          it is a segment that came twice (D-SACK).]],
      },
      claims = {
        lost = "The lost segment alone was sent again, after ACKs that reported the gap.",
        twice = "The segment that came twice was reported as a duplicate, and nothing was sent again.",
        late = "The late segment was reported as a gap that closed, and nothing was sent again.",
      },
    },
    {
      name = "duplicate_acks",
      question = "Nothing is lost. What must a receiver say to make the sender believe that something is? It is played by hand, segment by segment.",
      without = "it repeats its acknowledgment only twice",
      says = {
        again = "{after} s after the last ACK the server's number {first} came again.",
        answer = [[Three duplicates of an acknowledgment are taken for a loss (RFC 5681 3.2): each says that something came, and that it was not what
          was awaited. Two may come of segments that overtook one another. The sender sees no more of the network than this, so a receiver that lies
          is believed.]],
      },
      claims = {
        what = "What was sent again is what the ACKs asked for, number 1001.",
        at_once = "It was sent at once, and not when a timer had run out.",
      },
    },
    {
      name = "window",
      question = "The receiver's program is slow. How does the sender know how much it may send, and when to go on?",
      without = "the program reads all the while",
      says = {
        probes = "Probes of the closed window: {count}, at {times} s",
        answer = [[Every ACK carries the window, what the receiver still has room for; the sender goes no further than ACK plus window. A window
          of 0 stops it. The news that it is open again is a bare ACK, which nobody would send again were it lost: so the sender asks, ever more
          seldom, for as long as it takes.]],
      },
      claims = {
        within = "No segment went beyond the window; the smallest was {smallest}.",
        probed = "The window was closed, and the sender asked {count} times.",
        all = "All {bytes} bytes arrived.",
      },
    },
    {
      name = "nagle",
      question = "Two small writes, then wait for the answer. Why does that take so long?",
      without = "the server acknowledges at once",
      says = {
        on = "With Nagle's algorithm:",
        off = "With nodelay:",
        took = "Answered after {on} s with Nagle's algorithm, after {off} s without",
        answer = [[Each rule is sensible alone. Nagle: while something small is unacknowledged, further small pieces wait to become one segment.
          Delayed ACK: an ACK waits for company. Together, each waits for the other, until the ACK's timer ends it. Write the request in one
          piece, or set nodelay.]],
      },
      claims = { waits = "The second piece waited for an ACK that was waiting too: {wait} s." },
    },
    {
      name = "urgent",
      question = "What does the urgent pointer do: is it a way past the queue?",
      without = "the client sends the same without the urgent pointer",
      says = {
        window = "The window was {window} bytes when the client called out; {unread} bytes lay unread.",
        answer = [[It is a signpost, no fast lane: the bytes stay where they are in the stream, but the news that something urgent is coming
          passes a closed window. The pointer names the byte after the last urgent one (RFC 1122 let it name the last one, and RFC 6093 went back
          to what systems do). New programs are told to leave it alone.]],
      },
      claims = {
        told = "{after} s later the server knew that {ahead} bytes stood between it and the end of what is urgent.",
        in_order = "The text came in order, with {last} at its end.",
      },
    },
    {
      name = "slow_start",
      question = "How fast may one send? Slow start, Reno and CUBIC on one path.",
      without = "both connections run Reno",
      says = {
        rounds = "{control}: the congestion window after each of the first round trips: {rounds: } segments; then, each second:",
        row = "{height:%4d} |{columns}",
        used = "{control} used {percent:%.0f} % of the link.",
        answer = [[Nobody tells a sender how fast the path is. Slow start doubles until something is lost. Then Reno halves and adds a segment
          each round trip; CUBIC steps back less far, climbs quickly to just below where the loss was, lingers there, and probes on.]],
      },
      claims = {
        doubles = "Slow start doubled the window in each round trip: {rounds: }.",
        reno = "Reno swung between {highest} and {lowest} segments: a loss leaves it {share:%.2f} of the window.",
        cubic = "CUBIC swung between {highest} and {lowest} segments: a loss leaves it {share:%.2f} of the window.",
      },
    },
    {
      name = "control",
      question = "Can I write a congestion control of my own?",
      without = "both connections run Reno",
      says = {
        result = "{control:%-8s} used {used:%.0f} % of the link; a round trip took {rtt:%.0f} ms; {lost} packets were lost",
        answer = [[In a few lines of Lua, yes, and it is asked at every ACK. This one keeps a few packets in the queue and no more, so that it loses
          none; beside a Reno it would be pushed aside, since Reno fills the queue until something breaks. Try it: put both on one link.]],
      },
      claims = {
        as_fast = "It used nearly as much of the link as Reno: {used:%.0f} %.",
        short = "It lost {lost} packets and kept the round trip at {rtt:%.0f} ms, less than half of Reno's.",
      },
    },
    {
      name = "keepalive",
      question = "The peer is gone without a word. When does an idle connection notice?",
      without = "keep-alive is off, as it is by default",
      says = {
        probes = "Keep-alive probes: {count}, the first {first:%d} s after the last word, then every {between:%d} s",
        answer = [[An idle connection sends nothing, so nothing can fail: without keep-alive it would last for ever, and the client's does. A
          probe carries no text and a number just below what is awaited, so that whoever is alive must answer. The numbers are options:
          keepalive_idle, keepalive_interval, keepalive_count.]],
      },
      claims = {
        noticed = "The server gave the connection up with {code} after {hours:%.2f} hours.",
        other = "The client, which did not ask for keep-alive, believes in the connection to this day.",
      },
    },
    {
      name = "reboot",
      question = "The server restarts and remembers nothing. What does its client's connection look like?",
      without = "the server does not restart",
      says = {
        half_open = "{after:%.0f} s after the restart the client's side is {state}.",
        answer = [[The client has half a connection, and cannot know as long as it is silent. Its first segment meets a host that has never heard
          of it, and draws a reset: that is what RST was made for. Had the server been switched off instead, only timers would have told.]],
      },
      claims = { reset = "The first word after the restart was answered by a reset: {code}." },
    },
    {
      name = "nat_expiry",
      question = "A middlebox forgets a connection that is silent for a while. What do its two ends notice?",
      without = "the middlebox never forgets",
      says = {
        silent = "It forgets after {memory} s. After {silence} s: {got} bytes arrived{code?, and the client learned it {seconds} s later: {code}|}",
        probing = "With a keep-alive probe every {interval} s: {got} bytes arrived",
        answer = [[Nothing, until somebody speaks; and then, when the middlebox keeps its silence, a timeout is all there is. Two hours of
          keep-alive idle time are too long for such boxes. So programs set it shorter, or send a heartbeat of their own.]],
      },
      claims = {
        hole = "The middlebox had forgotten the connection, and threw away all that the client sent.",
        kept = "The probes kept the middlebox's memory fresh, and the {got} bytes arrived.",
      },
    },
    {
      name = "heartbeat",
      question = "Keep-alive is on. Why would a program send heartbeats of its own?",
      without = "the server's program does not hang",
      says = {
        keepalive = "After {minutes} minutes in which keep-alive probes alone went out, the connection is {state}.",
        answer = [[Keep-alive is answered by the peer's TCP, and says only that a machine is there. Whether the program behind it still works, the
          program alone can say.]],
      },
      claims = {
        tcp = "The probes were answered all the while: to TCP all is well.",
        noticed = "The heartbeat noticed within {seconds} s that the program does not answer ({answered} beat before it hung).",
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
          likes to take. TIME-WAIT is for the side that closes first, which may as well be the server.]],
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
        answer = [[Yes: a FIN that carries the ACK takes the client past FIN-WAIT-2. There are always two FINs and two ACKs; whether they are four
          segments depends on how soon the second side closes, though many a text knows of four alone.]],
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
    {
      name = "lost_teardown",
      question = "What if one of the teardown's four segments is lost?",
      without = "nothing is lost",
      says = {
        lost = "The {host}'s {kind} is lost:",
        loss = "the {host}'s {kind} lost: done after {server} s (server) and {client} s (client)",
        answer = [[A timer makes up for each. An ACK has none of its own: whoever misses it sends the FIN again, and the FIN that comes again is
          answered again. The client stays longest, and must: it answers for the last ACK.]],
      },
      claims = { again = "The {host}'s {kind} was lost, and the {by}'s FIN was sent again." },
    },
    {
      name = "short_close",
      question = "Why not close with one segment, or with two?",
      without = "the server has nothing to say any more",
      says = {
        one = "One segment: the client asks, and resets the connection.",
        two = "Two segments: the client's FIN means that it will not read either.",
        four = "Four segments: the client's FIN ends its own direction alone.",
        result = "Of {wanted} bytes the client got {got}{why?; the server heard {why}|}",
        answer = [[A FIN says "I have no more to send", and nothing about the other direction. Each direction has its own FIN and each FIN its own
          ACK: that makes four, or three when the middle two travel together.]],
      },
      claims = {
        lost = "What the server still had to say was lost: {got} of {wanted} bytes arrived.",
        whole = "With a FIN for each direction all {got} bytes arrived.",
      },
    },
    {
      name = "stale_segment",
      question = "A segment of an earlier connection comes late. What keeps it out of the next one?",
      without = "there is no TIME-WAIT",
      says = {
        first = "The first connection brought {line:%q}, at its second try, and ended at {ended} s.",
        second = "The next one between the same ports opened {waited} s later (before that: {code}), and received: {line}",
        answer = [[The other thing TIME-WAIT is for: as long as an old segment of either side may still be under way, one MSL, and an answer to it,
          another, its pair of addresses and ports is not used again.]],
      },
      claims = { clean = "The second connection received nothing that belonged to the first." },
    },
    {
      name = "one_msl",
      question = "TIME-WAIT lasts two MSL. Would one not do?",
      without = "TIME-WAIT lasts two MSL in both",
      says = {
        msls = "TIME-WAIT of {msls} MSL:",
        ended = "{msls} MSL: the server's connection ended by {ended}, with the error {code}",
        answer = [[The last ACK may be under way for an MSL before it is lost, and the FIN that is sent again because of it may be under way for
          another. Somebody must be there until then. With one MSL the client has gone home, and a connection that was over in good order ends by
          a reset.]],
      },
      claims = {
        one = "After {msls} MSL the client was gone, and the server's FIN drew a reset: {code}.",
        two = "After {msls} MSL at the latest every FIN that can still come has come: no error.",
      },
    },
    {
      name = "time_waits",
      question = "Too many connections in TIME-WAIT, and no port is left. What can be done?",
      without = "neither reuse nor recycling is on",
      says = {
        called = "{policy:%-17s} {calls} calls in {seconds:%.0f} s, then {code}; {waiting} in TIME-WAIT",
        answer = [[The side that closes first keeps the port. So let the other side close first, keep connections and use them again, or have more
          addresses. time_wait_reuse takes a pair back early when timestamps tell old segments from new, which is safe; time_wait_recycle cuts the
          wait short and distrusts every host by its last timestamp, and breaks what shares an address: see nat_recycle. It is history, and left
          Linux in 2017.]],
      },
      claims = {
        full = "After {calls} calls every port was taken: {code}.",
        more = "With either switch all {calls} calls were made.",
      },
    },
    {
      name = "nat_recycle",
      question = "Two clients behind one NAT call the same server. Why does one of them not get through?",
      without = "the server does not recycle its TIME-WAITs",
      says = {
        made = "connections of {calls} each: {first} and {second}; SYNs that the server dropped for their timestamps: {refused}",
        answer = [[A server that recycles remembers the last timestamp of each address, and takes a SYN with an older one for a ghost of the past.
          Behind a NAT many clocks share an address: whoever's runs behind is dropped without a word. No error, no reset, only some users for whom
          the page never loads.]],
      },
      claims = {
        one = "One of the two made all its connections.",
        other = "The other made {made}, and {refused} of its SYNs were dropped.",
      },
    },
    {
      name = "fin_wait_2",
      question = "One side closes, the other forgets to. How long do FIN-WAIT-2 and CLOSE-WAIT last?",
      without = "the server's program closes too",
      says = {
        states = "{days:%d} day later nothing more is due to happen ({why}); the client: {client}, the server: {server}",
        mended = "The programs close. {seconds} s later the client: {client}, the server: {server}",
        answer = [[No timer of TCP's ends these two states, and none should: a half-closed connection may have data to carry for days. CLOSE-WAIT
          is a program that forgot to close. Many a system gives an orphan in FIN-WAIT-2, whose program is gone, a minute; the option
          fin_wait_2_timeout is that.]],
      },
      claims = {
        stay = "{days:%d} day later the client is still in FIN-WAIT-2, the server in CLOSE-WAIT.",
        closes = "As soon as the program closes, the connection ends.",
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
    {
      name = "kernel",
      kernel = true,
      question = "Is the lab's TCP like a real one? The same conversation with the Linux kernel and with the lab in its stead.",
      without = "the lab's network loses a segment, which the kernel's does not",
      says = {
        real = "With this machine's kernel as the client, Linux {release}:",
        lab = "With the lab's own TCP in its stead, in the profile whose version is nearest, {profile}:",
        alike = "Options, windows and times (to 0.03 s) are those of {profile} too, segment by segment.",
        otherwise = [[In this {profile} and this kernel differ. Where it is a time: one answers sooner than the other, or this machine was busy
          for a moment.]],
        answer = [[Initial numbers, ports and the values of timestamps do not count. Who says what, in which order, and in which state, must be the
          same with any kernel; options, windows and times are told as they are, since they differ from version to version.]],
      },
      claims = { same = "Segment by segment the two traces tell the same: {segments} segments." },
    },
    {
      name = "genuine",
      kernel = true,
      question = "A request is lost. How long does Linux wait, and does the lab's profile of it wait as long? Both on a virtual clock.",
      without = "the lab's host keeps to the letter of the standards, not to the profile",
      says = {
        real = "The genuine kernel, inside of which this script runs:",
        lab = "The lab's TCP in its stead:",
        answer = [[The clocks of both jump from event to event, so that times can be compared as well as numbers: to the 30 ms by which a kernel's
          timers are coarse.]],
      },
      claims = { same = "Segment by segment, windows, options and times included, the two traces tell the same: {segments} segments." },
    },
    {
      name = "versions",
      kernel = true,
      question = "Nobody answers a SYN. How often and when does Linux try again, and has that changed from version to version?",
      without = "one version is asked twice",
      says = {
        kernel = "Linux {version}: SYNs at {times}, given up with {code} after {seconds:%.1f} s",
        answer = [[Until 6.4 each wait is twice as long as the one before, from the first on. Since then the first four are a second each
          (tcp_syn_linear_timeouts): a SYN that was lost costs less, and the whole takes about as long.]],
      },
      claims = { changed = "The newer kernel had sent {newer} SYNs after ten seconds, the older {older}." },
    },
  },
}
