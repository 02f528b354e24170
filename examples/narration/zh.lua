-- SPDX-License-Identifier: MIT
-- What the experiments say, in Chinese; en.lua says the same in English. lua/tcplab/narration.lua tells what a text may hold.
return {
  -- ---- To begin with ----
  {
    chapter = "从这里开始",
    {
      name = "tour",
      question = "倒霉的一天里，一条连接的一生是什么样子？",
      without = "什么也不丢",
      says = {
        virtual = [[两边各有自己的时钟（单位是秒）和自己的状态：沿着任一侧往下读即可。X 表示丢失；点线表示这个箭头与另一个交叉，
          要到另一行才到达。总共过去了 {passed:%.0f} s，而你一秒也没有等：时钟是虚拟的。]],
        capture = "抓包文件：{path}（可用 Wireshark 打开）",
      },
      claims = {
        heard = "服务器收到了 {heard}。",
        closed = "双方最后都回到 CLOSED，没有留下任何东西。",
        timeout = "丢掉的那个 SYN-ACK 造成一次超时：过了 {opened} s 双方才都能说话。",
      },
    },
  },
  -- ---- The segment ----
  {
    chapter = "报文段",
    {
      name = "dissect",
      question = "一个 TCP 报文段，逐字节看是什么样的？",
      without = "网络把 SYN 的一个比特翻转了",
      says = {
        source = "{at:%2d}  {hex:%-12s} 源端口     {value}",
        destination = "{at:%2d}  {hex:%-12s} 目的端口   {value}",
        sequence = "{at:%2d}  {hex:%-12s} 序列号     {value}：第一个字节的编号，这里是 SYN 的",
        acknowledgment = "{at:%2d}  {hex:%-12s} 确认号     {value}：标志 ACK 置 1 时才有意义",
        offset = "{at:%2d}  {hex:%-12s} 数据偏移   {high} 个字；随后是 4 个保留位：{low}",
        flags = "{at:%2d}  {hex:%-12s} 标志       {value:0x%02x}：从高位起是 CWR ECE URG ACK PSH RST SYN FIN",
        window = "{at:%2d}  {hex:%-12s} 窗口       {value}：还能容纳的字节数",
        checksum = "{at:%2d}  {hex:%-12s} 校验和     {value:0x%04x}",
        urgent = "{at:%2d}  {hex:%-12s} 紧急指针   {value}：标志 URG 置 1 时才有意义",
        kind = "{at:%2d}  {hex:%-12s} 选项       类型 {value}：最大报文段长度（MSS）",
        length = "{at:%2d}  {hex:%-12s}            长 {value} 字节",
        mss = "{at:%2d}  {hex:%-12s}            发给我的报文段，数据不得超过 {value} 字节",
        offset_in_words = [[数据偏移指出数据从哪里开始：首部共 {words} 个 32 位字，即 {header} 字节。它只有 4 位，所以首部最长 60 字节，其中选项最多
          40 字节。]],
        flags_in_words = [[许多图上还画着 6 个标志和 6 个保留位，那是 RFC 793 的样子。其中两个保留位早已成为标志 CWR 和 ECE（RFC 3168），
          保留位只剩 4 个。]],
        sum = [[把所有 16 位字相加，地址、协议号和长度也算在内，得 {sum:0x%04x}。校验和正是为了凑出 0xffff 而选定的。不少教材称它为 CRC，
          其实它只是一个和：交换两个字，和不变，而 CRC 几乎不会放过。]],
      },
      claims = {
        sum = "校验和正确：各个字相加得 0xffff。",
        no_crc = "把一个字挪到别处，和依然不变。",
      },
    },
    {
      name = "numbers",
      question = "先发 273 字节，再发 1400 字节，各自得到的确认号是多少？",
      without = "带着 273 字节的报文段丢了",
      says = {
        answer = "{kind:%-4s} seq={seq:%-4d} {size:%4d} 字节   得到的确认 ack={ack}{one_more? = seq + 1|}",
        answer_in_words = [[序列号数的是字节，不是报文段；确认号是期待的下一个字节的编号。“ack = seq + 1”只对 SYN、FIN（各占一个序列号）和单个字节成立，
          有些教程却把它用在一切场合。单纯的 ACK 不占序列号，也不会得到确认。]],
      },
      claims = {
        bytes = "数据从第 1 号字节开始：273 字节的确认号是 {first}，随后 1400 字节的确认号是 {second}。",
        numbered = "{kind}：ack = seq + 字节数，SYN 和 FIN 再加一：{ack}。",
      },
    },
  },
  -- ---- Opening ----
  {
    chapter = "建立连接",
    {
      name = "handshake",
      question = "连接进入 ESTABLISHED 之前，双方各自要知道什么？",
      without = "服务器一收到 SYN 就认定连接已经建立",
      says = {
        known = "{time} s  {host}：我的序列号 {own}，对方的 {peer}；我的{heard?已|尚未}得到确认",
        answer = [[每个字节都有序列号，双方各自选定起始的那一个。要让双方都知道对方的初始序列号、又都知道自己的已被对方收到，
          至少需要三个报文段：中间那个 SYN-ACK 一身兼二任。这就是三次握手。]],
      },
      claims = {
        numbers = "双方都拿到了对方选定的初始序列号。",
        heard = "双方在进入 ESTABLISHED 之前，都已知道自己的初始序列号得到了确认。",
      },
    },
    {
      name = "lost_handshake",
      question = "三次握手的三个报文段中有一个丢了，会怎样？",
      without = "什么也不丢",
      says = {
        lost = "第一个 {kind} 丢失：",
        again = "{time} s  {host} 重传它的 {kind}",
        answer = [[每一种丢失都由定时器来弥补。谁没有等到回应，谁就重发：客户端重传 SYN，服务器重传 SYN-ACK。ACK 没有定时器：丢的若是最后的 ACK，
          等 SYN-ACK 再次到来，客户端就会补发；客户端若先发数据，那个报文段同样带着确认。]],
      },
      claims = {
        one_timeout = "丢失的 {kind} 恰好耗去一次重传超时：{took} s 之后双方都能说话。",
        sent_again = "为弥补丢失的 {kind}，确有报文段被重传。",
      },
    },
    {
      name = "stale_syn",
      question = "为什么两次握手不够？一个在网络中滞留已久的旧 SYN，分别到达两次握手的服务器和三次握手的服务器。",
      without = "两台服务器都用三次握手",
      says = {
        greeted = "{host} 服务器欢迎过的客户端：{count} 个",
        answer = [[第三个报文段是客户端的亲口确认：这个 SYN 是现在发的，不是陈年旧货。握手要三次，不在于“双方都同意通信”，
          而在于双方都确知序列号是新的。]],
      },
      claims = {
        three = "careful 服务器从 RST 得知并没有人呼叫，因而没有欢迎任何人。",
        two = "hasty 服务器把旧 SYN 当成了来客，欢迎了一个并不存在的客户端。",
      },
    },
    {
      name = "simultaneous_open",
      question = "两台主机同时呼叫对方，谁也没有监听。连得上吗？",
      without = "第二台主机晚些才呼叫，那时第一次呼叫已经落空",
      says = {
        path = "{host}：{path: > }",
        answer = "连得上：两个 SYN 在途中交错，各自得到应答，结果是一条连接，而不是两条。",
      },
      claims = {
        states = "{host} 从 SYN-SENT 经 SYN-RECEIVED 进入 ESTABLISHED：这就是同时打开。",
        one = "{host} 只有一条连接。",
        carries = "这条连接可以传输数据。",
      },
    },
    {
      name = "refusal",
      question = "端口上没有人监听：呼叫方怎样得知？多快得知？",
      without = "有人监听",
      says = {
        outcome = "{took:%6.3f} s 后：{open?已连接|{message}（{code}）}",
        answer = [[通过一个 RST，一个往返时间之后就知道了。只有杳无回音才让呼叫方久等：SYN 丢失与主机关机，看上去并无两样，
          所以 TCP 一再重传，越等越久，至少坚持三分钟才放弃（RFC 9293）。]],
      },
      claims = {
        refused = "呼叫被拒绝。",
        round_trip = "拒绝在一个往返时间之后到达，即 {took} s。",
        silence = "没有任何回应时，呼叫方试了 {took:%.0f} s，最后得到 {code}。",
      },
    },
    {
      name = "early_data",
      question = "客户端必须等握手结束才能发数据吗？",
      without = "客户端等到两边的握手都完成才发",
      says = {
        third = "第三个报文段：{kind}，携带 {bytes} 字节",
        times = "{established} s 进入 ESTABLISHED，{heard} s 读到 {line:%q}",
        answer = [[不必：SYN-ACK 一到，客户端该知道的就都知道了。第三个报文段和别的 ACK 一样可以携带数据，服务器一进入 ESTABLISHED 就已拿到。
          （连第一个报文段也可以，见 syn_data。）]],
      },
      claims = {
        whole = "服务器完整收到了客户端的话。",
        third_carries = "第三个报文段携带了数据，共 {bytes} 字节。",
        at_once = "数据与握手的完成同时到达，没有更晚。",
      },
    },
    {
      name = "syn_data",
      question = "SYN 可以携带数据吗？",
      without = "监听方没有地方存放这些数据",
      says = {
        bytes = "SYN 带来 {brought} 字节：存下 {kept} 字节，SYN-ACK 确认了 {acked} 字节",
        read = "第三个报文段到来之前{early?已有|没有}可接受的连接；到来之后服务器读到 {line}",
        answer = [[可以，尽管许多教程说 SYN 不能携带数据。但握手完成之前不会有人读它，因为这个 SYN 可能是过期的。监听方只存少量数据，
          SYN-ACK 没有确认的部分由对方重传。]],
      },
      claims = {
        aside = "监听方先把数据存起来，SYN-ACK 只确认了 SYN 本身。",
        not_yet = "握手完成之前，服务器程序看不到这些数据。",
        with_the_end = "握手一完成，数据就在那里了。",
      },
    },
    {
      name = "giving_up",
      question = "客户端的 ACK 始终不到，服务器等多久？客户端后来才发数据又会怎样？",
      without = "ACK 到了",
      says = {
        waits = "相邻 SYN-ACK 的间隔（秒）：{waits: }；最后一个之后再等 {last:%.0f}，{gave_up} s 时放弃。客户端：{client}。",
        answer = [[每次没有回应，服务器就把等待时间加倍，以免加重拥塞。最后它放弃这个半连接，什么也不说。客户端自收到第一个 SYN-ACK 起就处于
          ESTABLISHED，直到它的第一段数据引来 RST 才知道真相。]],
      },
      claims = {
        doubles = "SYN-ACK 重传了 {count} 次，每次的等待时间都加倍。",
        reset = "服务器已忘掉这条连接，用 RST 回应客户端的数据：{code}。",
      },
    },
    {
      name = "isn_clock",
      question = "初始序列号从哪里来？",
      without = "都随机选取",
      says = {
        drawn = "isn = {policy:%-8s} {first:%10d}，{seconds} s 之后 {second:%10d}；换一个端口 {third:%10d}",
        answer = [[同一对端口上，上一条连接的报文段可能还在途中，新连接的序列号应当排在它们之后：所以用时钟，每 4 微秒加一，而不是有些文章说的 4 毫秒。
          RFC 6528 为每一对地址和端口另选一个秘密的起点，从一条连接的序列号推不出另一条的。不少教材说初始序列号是“随机”的：
          随机数固然同样难猜，却可能落在上一条连接的序列号之中。]],
      },
      claims = {
        clock = "RFC 793 的时钟每 {tick:%.3f} 微秒加一，{hours:%.2f} 小时转一圈（RFC 793 算成了 4.55）。",
        keyed = "RFC 6528 的序列号在同一对端口之间每 {tick:%.3f} 微秒加一，换一个端口就毫不相干。",
        random = "随机选取的序列号不跟随任何时钟。",
      },
    },
    {
      name = "isn",
      question = "初始序列号为什么必须难以猜测？",
      without = "两台服务器都按 RFC 6528 选初始序列号",
      says = {
        policy = "服务器的序列号按 {policy} 选取：",
        attack = "isn = {policy}：服务器以为来自客户端而收下的：{line}",
        answer = [[只靠时钟取号时，见过一个初始序列号的人就能推知其余：他一个字也听不到，却能以别人的名义完成握手，1994 年就有人这么干过。
          RFC 6528 为每一对地址和端口加上一个秘密，从自己得到的号码再也推不出别人的。]],
      },
      claims = {
        guessed = "按时钟取号时，攻击者猜中了序列号，服务器把他的数据当成了 {address} 发来的。",
        not_guessed = "加上秘密之后，同样的攻击没有得逞。",
      },
    },
    {
      name = "blind_reset",
      question = "攻击者看不到一条连接的任何报文，只知道它的地址和端口，能让它断开吗？",
      without = "服务器按 RFC 6528 选初始序列号",
      says = {
        attack = [[isn = {isn:%-7s} rfc5961 = {rfc5961:%-3s} 发出 {sent} 个 RST，{answered} 个得到回应：连接{lives?还在|断了}]],
        answer = [[按 1981 年的规则，RST 的序列号落在窗口内即可，而时钟告诉伪造者窗口在哪里：每隔 {apart} 试一个，几次就覆盖时钟的 {seconds} s。不知道时钟，
          就得试 {tries} 次。RFC 5961 则只听从恰好是所期待的那一个序列号，对窗口内的其余序列号回一个挑战 ACK，而伪造者看不到它。]],
      },
      claims = {
        ended = "只靠时钟取号，又按 1981 年的规则行事：{sent} 个 RST 中有一个断开了连接。",
        secret = "序列号里加了秘密：{sent} 个 RST 无一奏效。",
        challenged = "有了 RFC 5961，序列号虽可猜到，{sent} 个 RST 也无一奏效：{answered} 个引来了挑战 ACK。",
      },
    },
    {
      name = "fast_open",
      question = "新连接上的请求要多等一个往返才得到回答，因为先要握手。这个往返能省下来吗？",
      without = "服务器不提供 Fast Open",
      says = {
        asked = "{rounds:%.1f} 个往返之后得到回答；Fast Open：{fast}",
        answer = [[SYN 一直都可以携带数据，但服务器得先确知来源地址不是假的，才能照着它做。第一次，服务器发给客户端一个 cookie；带着这个 cookie 回来的 SYN 证明了自己的地址，
          它的数据就立即被读取。这样的请求必须不怕重复，因为网络可能让一个 SYN 到达两次。]],
      },
      claims = { saved = "第一个请求用了 {first:%.1f} 个往返，第二个用了 {second:%.1f} 个。" },
    },
    {
      name = "queues",
      question = "许多客户端来连接，而程序一个也不 accept：哪里会满，满了又怎样？",
      without = "两个队列都容得下全部",
      says = {
        queues = "{at} s  半连接 {half_open}/{half_open_limit}，等待 accept 的 {waiting}/{backlog}",
        last = "最后一个得到回应的客户端：",
        dropped = "因半连接队列已满而丢弃的 SYN：{syns}；因全连接队列已满而丢弃的最后一个 ACK：{acks}",
        answer = [[监听方有两个队列，listen 的 backlog 是后一个的长度。SYN 在半连接队列里占一个位置，握手的最后一个 ACK 把它移到全连接队列，accept 再把它取走。半连接队列满了，
          SYN 被丢弃，客户端会重试；全连接队列满了，被丢弃的是最后一个 ACK，而客户端此时已经是 ESTABLISHED：它相信一个服务器那头还没有的连接。
          此后服务器会一再重传 SYN-ACK，索要那个 ACK；若设了选项 abort_on_overflow，就改用 RST 告诉它。]],
      },
      claims = {
        syns = "不是人人都有位置：{calls} 次呼叫中有 {opened} 次得到回应。",
        believes = "{opened} 个客户端已处于 ESTABLISHED，服务器却只有 {ready} 条连接。",
      },
    },
  },
  -- ---- Under attack ----
  {
    chapter = "遭受攻击",
    {
      name = "flood",
      question = "SYN 从根本不存在的地址汹涌而来：服务器是什么样子？正常的客户端会怎样？",
      without = "没有洪泛",
      says = {
        listener = "半连接：{half_open}；此后因没有位置而丢弃的 SYN：{dropped}",
        answer = [[每个 SYN 在半连接队列里占一个位置，服务器作了回应，却没有人来确认。要等服务器放弃，这个位置才空出来，又马上被下一个伪造的 SYN 占去。
          什么也没有坏：只是队列永远不空。]],
      },
      claims = {
        before = "洪泛之前，{calls} 个客户端全部连上。",
        during = "洪泛期间，{calls} 个中连上了 {opened} 个。",
      },
    },
    {
      name = "cookies",
      question = "服务器怎样才能回应 SYN 却不必记住它们？",
      without = "关闭 SYN cookie",
      says = {
        queue = "半连接：{half_open}/{limit}；丢弃的 SYN：{dropped}",
        kept = "最后一个客户端的连接：报文段 {mss} 字节，窗口扩大因子 {scale}，{sack?有|没有} SACK",
        answer = [[回应 SYN 时，服务器自己选一个序列号。队列满了，就选一个 cookie：由地址、端口和客户端的序列号用密钥算出的散列值，里面还藏着 MSS。
          谁回应了，就把它加一还回来，从而证明自己确实收到了它；在此之前什么都不必记。其余的选项放在时间戳里带走。]],
      },
      claims = {
        all = "队列里塞满了伪造的半连接，{welcomed} 个客户端仍全部得到服务。",
        options = "选项也没有丢：SACK、窗口扩大和时间戳都协商好了。",
      },
    },
    {
      name = "defences",
      question = "对付 SYN 洪泛还有什么办法：更长的队列、更短的定时器、丢弃最旧的、过滤？",
      without = "服务器没有采取任何一种",
      says = {
        result = "{defence:%-38s} {calls} 个客户端连上了 {opened:%3d} 个；半连接 {half_open:%4d}",
        answer = [[更长的队列只是晚一点满。更短的定时器和丢弃最旧的，都是在下一个客户端到来之前腾出位置，前提是腾位置的间隔比正常客户端的往返时间长：
          洪泛再快一些，或者客户端再远一些，就不管用了。若知道该服务谁，过滤最好。cookie 则根本不需要队列。]],
      },
      claims = {
        none = "没有防御时，{calls} 个客户端连上了 {opened} 个。",
        help = "缩短定时器连上 {shorter} 个，丢弃最旧的连上 {oldest} 个，过滤连上 {filter} 个。",
        longer = "更长的队列连上 {opened} 个：它也满了。",
      },
    },
    {
      name = "forged",
      question = "旁人知道双方的地址和端口，伪造一个报文段能做什么？",
      without = "服务器只按 1981 年的规则行事，没有 RFC 5961",
      says = {
        forged = "{kind:%-4s} 距期待的序列号 {offset:%+9d}：{reason:%-14s} 回应 {answer:%-3s} 连接{lives?还在|没了}，收下 {taken} 字节",
        answer = [[落在窗口内的 RST 并不会被听从，而是得到一个挑战 ACK：真正的对端若已失去这条连接，会用恰好是所期待的序列号再发一次 RST。
          伪造者必须在 {numbers} 个序列号里猜中那一个；而按 1981 年的规则，窗口内任何一个都行，窗口又很大。
          伪造的数据要过两关：序列号和确认号都得合适；按旧规则，一半的确认号都算合适。]],
      },
      claims = {
        harmless = "除一次以外，连接经受住了所有的伪造，也没有收下伪造的数据。",
        exact = "序列号恰好是所期待的 RST 会被听从。",
      },
    },
  },
  -- ---- Talking ----
  {
    chapter = "传输数据",
    {
      name = "duplicates",
      question = "没等到 ACK，报文段被重传了。究竟是它丢了、它的 ACK 丢了，还是它只是走得慢？接收方怎样分辨？",
      without = "链路完好",
      says = {
        lost = "报文段丢失：",
        ack_lost = "它的 ACK 丢失：",
        slow = "它走得慢：",
        came = "到达服务器的：{came}",
        read = "服务器程序读到的：{read}",
        answer = [[看序列号：在 RCV.NXT 之前的都已收到过，丢弃即可，并回一个 ACK 让发送方知道。原来的那份若比副本来得还晚，
          时间戳就已露馅：它是旧的（PAWS）。]],
      },
      claims = {
        whole = "程序把每一行恰好读到一次，次序不变。",
        told_lost = "只来了重传的那份，没有什么要丢弃。",
        told_ack_lost = "副本在原件之后到达，被当作重复而拒收。",
        told_slow = "原件在副本之后到达，因时间戳过旧而被拒收。",
      },
    },
    {
      name = "tell_apart",
      question = "报文段丢失、重复或乱序到达，两端怎样分辨是哪一种？",
      without = "没有 SACK，只靠累积确认",
      says = {
        drop = "丢失：",
        duplicate = "重复：",
        reorder = "乱序：",
        ack = "{time} s  ACK {ack}，SACK {from}:{to}：{gap?在空洞之后|早已收到过}",
        again = "{time} s  重传 {seq}",
        answer = [[重复的累积确认只说明有事不对，SACK 选项才说明是什么事：高于确认号的块表示有空洞，而空洞也许还会补上，所以除非已有两个以上的报文段超过了它，
          发送方先等四分之一个往返时间，再决定是否重传；低于确认号的块则表示某个报文段来了两次（D-SACK）。]],
      },
      claims = {
        lost = "只有丢失的报文段被重传，此前的 ACK 报告了空洞。",
        twice = "重复到达的报文段被报告为重复，没有任何重传。",
        late = "迟到的报文段被报告为后来补上的空洞，没有任何重传。",
      },
    },
    {
      name = "duplicate_acks",
      question = "什么也没有丢。接收方要说什么，才能让发送方相信丢了报文段？这里的接收方由脚本逐个报文段手工扮演。",
      without = "它只把确认重复两次",
      says = {
        again = "最后一个 ACK 之后 {after} s，服务器的序号 {first} 又来了一次。",
        answer = [[三个重复的确认被当作丢失（RFC 5681 3.2）：每一个都说有东西到了，却不是正在等的那一个。两个重复也可能只是报文段互相超过。发送方对网络所见仅此而已，
          所以说谎的接收方也会被相信。]],
      },
      claims = {
        what = "重传的正是这些 ACK 所要的：序号 1001。",
        at_once = "它立刻就重传了，并没有等定时器到期。",
      },
    },
    {
      name = "window",
      question = "接收方的程序很慢。发送方怎么知道还能发多少，又怎么知道何时继续？",
      without = "程序一直在读",
      says = {
        probes = "对零窗口的探测：{count} 次，时刻 {times} s",
        answer = [[每个 ACK 都带着窗口，即接收方还能容纳多少；发送方不会超出“确认号加窗口”。窗口为 0 时它就停下。窗口重新打开的消息只是一个光秃秃的 ACK，
          丢了也没人会重传，所以发送方主动去问，间隔越来越长，问到有答复为止。]],
      },
      claims = {
        within = "没有任何报文段超出窗口；最小的窗口是 {smallest}。",
        probed = "窗口关闭过，发送方探测了 {count} 次。",
        all = "{bytes} 字节全部到达。",
      },
    },
    {
      name = "nagle",
      question = "连写两小段，然后等回答：为什么要等那么久？",
      without = "服务器立即确认",
      says = {
        on = "使用 Nagle 算法：",
        off = "设置 nodelay：",
        took = "使用 Nagle 算法时，{on} s 后得到回答；不用时，{off} s 后就得到",
        answer = [[两条规则单独看都合理。Nagle 算法：只要还有小段数据未被确认，后来的小段就先攒着，合成一个报文段再发。延迟确认：ACK 先等一等，
          看能不能搭上别的报文段。合在一起就成了互相等待，直到延迟确认的定时器到时。要么把请求一次写完，要么设置 nodelay。]],
      },
      claims = { waits = "第二段等的是一个自己也在等待的 ACK：{wait} s。" },
    },
    {
      name = "urgent",
      question = "紧急指针有什么用：它能让数据插队吗？",
      without = "客户端照样发送，但不用紧急指针",
      says = {
        window = "客户端喊话时，窗口是 {window} 字节；还有 {unread} 字节没有读。",
        answer = [[它是路标，不是快车道：字节仍在流里原来的位置，但“有紧急的东西要来”这个消息能越过关闭的窗口。指针指向最后一个紧急字节的下一个字节（RFC 1122 曾让它指向最后一个字节，
          RFC 6093 又回到各系统的实际做法）。新程序不应再使用它。]],
      },
      claims = {
        told = "{after} s 之后，服务器就知道从它到紧急数据的末尾还隔着 {ahead} 字节。",
        in_order = "数据按顺序到达，末尾是 {last}。",
      },
    },
    {
      name = "slow_start",
      question = "可以发多快？同一条路径上的慢启动、Reno 和 CUBIC。",
      without = "两条连接都用 Reno",
      says = {
        rounds = "{control}：最初几个往返之后的拥塞窗口：{rounds: } 个报文段；此后每秒一列：",
        row = "{height:%4d} |{columns}",
        used = "{control} 用了链路的 {percent:%.0f} %。",
        answer = [[没有谁告诉发送方路径有多快。慢启动每个往返翻一番，直到有丢失。此后 Reno 减半，再每个往返加一个报文段；CUBIC 退得少些，很快爬回到上次丢失处的附近，
          在那里停留一阵，再继续向上试探。]],
      },
      claims = {
        doubles = "慢启动时窗口每个往返翻一番：{rounds: }。",
        reno = "Reno 在 {highest} 和 {lowest} 个报文段之间摆动：一次丢失后剩下窗口的 {share:%.2f}。",
        cubic = "CUBIC 在 {highest} 和 {lowest} 个报文段之间摆动：一次丢失后剩下窗口的 {share:%.2f}。",
      },
    },
    {
      name = "control",
      question = "我能自己写一个拥塞控制吗？",
      without = "两条连接都用 Reno",
      says = {
        result = "{control:%-8s} 用了链路的 {used:%.0f} %；一个往返 {rtt:%.0f} ms；丢了 {lost} 个分组",
        answer = [[可以，几行 Lua 就够，每个 ACK 都会来问它。这一个只让少数几个分组留在队列里，因此一个也不丢；但若与 Reno 同行，它会被挤到一边，
          因为 Reno 会把队列填到装不下为止。不妨试试：把两者放在同一条链路上。]],
      },
      claims = {
        as_fast = "它对链路的利用与 Reno 相差无几：{used:%.0f} %。",
        short = "它丢了 {lost} 个分组，往返时间保持在 {rtt:%.0f} ms，不到 Reno 的一半。",
      },
    },
    {
      name = "keepalive",
      question = "对端悄无声息地消失了，空闲的连接什么时候才会发觉？",
      without = "没有开启保活（默认如此）",
      says = {
        probes = "保活探测：{count} 次，第一次在最后一句话之后 {first:%d} s，此后每 {between:%d} s 一次",
        answer = [[空闲的连接什么也不发，也就无从失败：没有保活，它会永远存在下去，客户端那一头正是如此。探测报文不带数据，序列号恰好比所期待的小一，
          所以活着的一方必须回答。这几个数都是选项：keepalive_idle、keepalive_interval、keepalive_count。]],
      },
      claims = {
        noticed = "{hours:%.2f} 小时后，服务器以 {code} 放弃了连接。",
        other = "没有要求保活的客户端，至今仍以为连接还在。",
      },
    },
    {
      name = "reboot",
      question = "服务器重启后什么都不记得了，客户端的连接会怎样？",
      without = "服务器没有重启",
      says = {
        half_open = "重启 {after:%.0f} s 后，客户端这一头的状态是 {state}。",
        answer = [[客户端手里只有半条连接（半打开的连接），只要不说话就无从得知。它发出的第一个报文段遇到一台从没听说过它的主机，于是引来一个 RST：RST 正是为此而设。
          假如服务器不是重启而是关机，就只有靠定时器才能发觉了。]],
      },
      claims = { reset = "重启之后的第一句话得到的回答是复位：{code}。" },
    },
    {
      name = "nat_expiry",
      question = "中间设备会忘掉沉默了一阵的连接，连接两端会察觉什么？",
      without = "中间设备从不遗忘",
      says = {
        silent = "{memory} s 就会忘掉。{silence} s 之后：到了 {got} 字节{code?，客户端再过 {seconds} s 才得知：{code}|}",
        probing = "每 {interval} s 发一次保活探测：到了 {got} 字节",
        answer = [[没人说话就什么也察觉不到；等到有人说话，而中间设备一声不吭，就只剩超时了。保活默认要空闲两小时才开始探测，对这类设备来说太久。
          所以程序要么把它设短，要么自己发心跳。]],
      },
      claims = {
        hole = "中间设备已忘掉这条连接，客户端所发的一切都被丢弃。",
        kept = "探测让中间设备一直记得这条连接，{got} 字节都到了。",
      },
    },
    {
      name = "heartbeat",
      question = "已经开了保活，程序为什么还要自己发心跳？",
      without = "服务器程序没有卡住",
      says = {
        keepalive = "有 {minutes} 分钟只有保活探测往来，之后连接的状态是 {state}。",
        answer = [[回应保活的是对端的 TCP，它只说明那台机器还在。机器上的程序是否还在干活，只有程序自己说得清。]],
      },
      claims = {
        tcp = "探测一直有回应：在 TCP 看来一切正常。",
        noticed = "心跳在 {seconds} s 之内发现程序没有回应（卡住之前有过 {answered} 次）。",
      },
    },
  },
  -- ---- Closing ----
  {
    chapter = "关闭连接",
    {
      name = "teardown",
      question = "建立连接只要三个报文段，关闭为什么要四个？",
      without = "服务器始终不关闭自己的一半",
      says = {
        path = "{host}：{path: > }",
        answer = "两个方向各自结束：一个方向一个 FIN 和它的 ACK，然后才轮到另一个方向，中间隔多久由后关闭的一方决定。这就是四次挥手。先关闭的一方要在 TIME-WAIT 里等，它也可以是服务器。",
      },
      claims = {
        client = "客户端按四步关闭，进入 CLOSED 之前停留在 TIME-WAIT。",
        server = "服务器按三步关闭，不经过 TIME-WAIT。",
      },
    },
    {
      name = "three_segments",
      question = "三个报文段能关闭一条连接吗？",
      without = "服务器立即用单独的报文段确认 FIN",
      says = {
        path = "client：{path: > }",
        sent = "报文段：{sent}",
        answer = [[能：FIN 与 ACK 合在一个报文段里，客户端就跳过了 FIN-WAIT-2。FIN 和对它的 ACK 总是各有两个，
          是不是四个报文段，要看后关闭的一方关得有多快；不少教材却只讲四个。]],
      },
      claims = {
        three = "总共只发了三个报文段。",
        straight = "客户端从 FIN-WAIT-1 直接进入 TIME-WAIT。",
      },
    },
    {
      name = "half_close",
      question = "话已说完的一方，还能继续听吗？",
      without = "客户端关闭了两个方向，而不只是自己的那个",
      says = {
        heard = "{time} s  处于 {state} 的客户端收到 {line}",
        answer = "能，对方愿意说多久就听多久：shutdown 只是半关闭，并不是挂断。",
      },
      claims = {
        whole = "回答完整地到了，共 {lines} 行。",
        listening = "收到 {line} 时，客户端已经结束了自己的方向。",
      },
    },
    {
      name = "simultaneous_close",
      question = "双方同时关闭，谁要在 TIME-WAIT 里等？",
      without = "服务器等客户端的 FIN 到了才关闭",
      says = {
        path = "{host}：{path: > }",
        answer = "双方都要等：各自都先发了 FIN，谁也无法知道自己最后的 ACK 是否到达。",
      },
      claims = {
        closing = "{host} 经过了 CLOSING：这就是同时关闭。",
        both_wait = "在 TIME-WAIT 里等过的有：{hosts}。",
      },
    },
    {
      name = "last_ack",
      question = "TIME-WAIT 是做什么用的？最后一个 ACK 丢了，后关闭的一方又来问。",
      without = "没有 TIME-WAIT：它一刻也不停留",
      says = {
        fin = "服务器的第 {number} 个 FIN 在 {time} s 到达",
        over = "客户端一直留到 {over} s，即最后一个 FIN 之后 {wait} s",
        answer = "FIN 再次到来时，总得有人应答。每来一次，等待就重新开始：长度是报文段在网络中最长寿命的两倍（2 MSL）。",
      },
      claims = {
        heard = "服务器最终得知自己的 FIN 已经到达（{event}）。",
        anew = "TIME-WAIT 随第二个 FIN 重新开始，并持续了整整 {wait} s。",
      },
    },
    {
      name = "lost_teardown",
      question = "四次挥手的四个报文段，若丢了其中一个会怎样？",
      without = "什么也没有丢",
      says = {
        lost = "丢失的是 {host} 的 {kind}：",
        loss = "丢失 {host} 的 {kind}：服务器用了 {server} s 关闭完毕，客户端用了 {client} s",
        answer = [[每一次丢失都由定时器补救。ACK 自己没有定时器：没等到它的一方重发 FIN，而重来的 FIN 会再次得到确认。客户端留得最久，也必须如此：
          最后那个 ACK 由它负责。]],
      },
      claims = { again = "{host} 的 {kind} 丢了，{by} 的 FIN 被重传。" },
    },
    {
      name = "short_close",
      question = "为什么不能只用一个或两个报文段关闭连接？",
      without = "服务器再没有要说的了",
      says = {
        one = "一个报文段：客户端提出请求后直接复位连接。",
        two = "两个报文段：客户端的 FIN 表示它也不再读了。",
        four = "四个报文段：客户端的 FIN 只结束自己这一个方向。",
        result = "{wanted} 字节中客户端收到 {got} 字节{why?；服务器得到 {why}|}",
        answer = [[FIN 说的是“我没有数据要发了”，对另一个方向什么也没说。两个方向各有一个 FIN，每个 FIN 各有一个 ACK：一共四次；中间两个合在一起走时，
          就是三次。]],
      },
      claims = {
        lost = "服务器还没说完的话丢了：{wanted} 字节只到了 {got} 字节。",
        whole = "两个方向各用一个 FIN，{got} 字节全部到达。",
      },
    },
    {
      name = "stale_segment",
      question = "早先那条连接的一个报文段迟到了，靠什么把它挡在后来的连接之外？",
      without = "没有 TIME-WAIT",
      says = {
        first = "第一条连接在重传之后收到了 {line:%q}，于 {ended} s 结束。",
        second = "同一对端口上的下一条连接在 {waited} s 之后才建立（此前：{code}），收到：{line}",
        answer = [[这是 TIME-WAIT 的另一个用处：只要任何一方的旧报文段（至多一个 MSL）和对它的应答（又一个 MSL）还可能在途中，这一对地址和端口就不再使用。]],
      },
      claims = { clean = "第二条连接没有收到任何属于第一条连接的东西。" },
    },
    {
      name = "one_msl",
      question = "TIME-WAIT 持续两个 MSL，一个不够吗？",
      without = "两边的 TIME-WAIT 都持续两个 MSL",
      says = {
        msls = "TIME-WAIT 为 {msls} 个 MSL：",
        ended = "{msls} 个 MSL：服务器的连接因 {ended} 而结束，错误为 {code}",
        answer = [[最后那个 ACK 可能在路上走了将近一个 MSL 才丢失，而因此重传的 FIN 又可能再走一个 MSL。在那以前必须有人守着。若只等一个 MSL，
          客户端已经走了，一个本来正常结束的连接就会以复位收场。]],
      },
      claims = {
        one = "{msls} 个 MSL 之后客户端已经不在，服务器的 FIN 引来了复位：{code}。",
        two = "至迟 {msls} 个 MSL 之后，还可能到来的 FIN 都已到过：没有错误。",
      },
    },
    {
      name = "time_waits",
      question = "TIME-WAIT 的连接太多，端口用完了，怎么办？",
      without = "既不重用，也不快速回收",
      says = {
        called = "{policy:%-17s} {seconds:%.0f} s 内呼叫 {calls} 次，然后 {code}；{waiting} 个处于 TIME-WAIT",
        answer = [[端口留在先关闭的一方。所以不妨让对方先关闭，或者保持连接、重复使用，或者多用几个地址。time_wait_reuse 在时间戳足以分辨新旧报文段时提前收回地址和端口，
          是安全的；time_wait_recycle 缩短等待，并且按每台主机最后的时间戳来怀疑它，共用一个地址的主机就会受害，见 nat_recycle。它已成历史，
          2017 年从 Linux 中去掉了。]],
      },
      claims = {
        full = "{calls} 次呼叫之后，所有端口都被占用：{code}。",
        more = "打开其中任何一个开关，{calls} 次呼叫都成功了。",
      },
    },
    {
      name = "nat_recycle",
      question = "同一个 NAT 后面的两个客户端访问同一台服务器，为什么有一个连不上？",
      without = "服务器不快速回收 TIME-WAIT",
      says = {
        made = "各呼叫 {calls} 次，成功 {first} 次和 {second} 次；服务器因时间戳而丢弃的 SYN：{refused}",
        answer = [[快速回收的服务器记住每个地址最后的时间戳，凡是时间戳更旧的 SYN，都当作过去的残影。NAT 后面许多时钟共用一个地址：谁的时钟落在后面，
          谁就被悄悄丢弃。没有错误，没有复位，只是有些用户的网页永远打不开。]],
      },
      claims = {
        one = "其中一个的连接全部成功。",
        other = "另一个成功了 {made} 次，有 {refused} 个 SYN 被丢弃。",
      },
    },
    {
      name = "fin_wait_2",
      question = "一方关闭了，另一方忘了关闭：FIN-WAIT-2 和 CLOSE-WAIT 会持续多久？",
      without = "服务器程序也关闭连接",
      says = {
        states = "{days:%d} 天过去，再没有什么要发生的了（{why}）；客户端：{client}，服务器：{server}",
        mended = "两边的程序都关闭。{seconds} s 之后，客户端：{client}，服务器：{server}",
        answer = [[TCP 没有定时器来结束这两个状态，也不应该有：半关闭的连接可能还要传好几天数据。CLOSE-WAIT 意味着程序忘了关闭。不少系统给 FIN-WAIT-2 里的孤儿连接（其程序已不在）一分钟，
          选项 fin_wait_2_timeout 就是它。]],
      },
      claims = {
        stay = "{days:%d} 天以后，客户端仍在 FIN-WAIT-2，服务器仍在 CLOSE-WAIT。",
        closes = "程序一旦关闭，连接就结束了。",
      },
    },
  },
  -- ---- The real world ----
  {
    chapter = "真实世界",
    {
      name = "live",
      kernel = true,
      question = "内核讲的是同一个故事吗？以 Linux 内核为客户端：SYN-ACK 丢失的握手，以及四次挥手。",
      without = "什么也不丢",
      says = {
        kernel_says = "内核说：{line}",
        kernel_hears = "内核听到：{line}",
        capture = "抓包文件：{path}（可用 Wireshark 打开）",
      },
      claims = {
        one_timer = "丢失的 SYN-ACK 耗去 {took} s：一个重传定时器的时间，谁的先响算谁的。",
        closed = "我们这一方先关闭，正在 TIME-WAIT 里等待。",
      },
    },
    {
      name = "kernel",
      kernel = true,
      question = "实验室里的 TCP 像真的吗？同一段对话，一次跟 Linux 内核谈，一次由实验室自己的 TCP 代替内核。",
      without = "实验室的网络丢了一个报文段，内核那边没有丢",
      says = {
        real = "客户端是这台机器的内核，Linux {release}：",
        lab = "由实验室自己的 TCP 代替内核，用版本最接近的那套参数，{profile}：",
        alike = "每个报文段的选项、窗口和时间（误差 0.03 秒以内）也和 {profile} 一样。",
        otherwise = "这一点上 {profile} 和这个内核不一样。如果差的是时间：不是一方答得更快，就是这台机器刚才正忙。",
        answer = [[初始序列号、端口和时间戳的值不算数。谁说了什么，按什么顺序，处于什么状态，对任何内核都必须相同；
          选项、窗口和时间随版本而变，这里照实说出来。]],
      },
      claims = { same = "逐个报文段比较，两份记录讲的是同一件事：共 {segments} 个报文段。" },
    },
    {
      name = "genuine",
      kernel = true,
      question = "一个请求丢了。Linux 要等多久？实验室里照它测出来的那套参数也等这么久吗？两边都用虚拟时钟。",
      without = "实验室的主机照标准的字面行事，不用那套参数",
      says = {
        real = "真正的内核，这个脚本就在它里面运行：",
        lab = "由实验室的 TCP 代替它：",
        answer = [[两边的时钟都从一个事件跳到下一个事件，所以不只编号，连时间也可以比：只差内核定时器粗糙的那 30 毫秒。]],
      },
      claims = { same = "逐个报文段比较，窗口、选项和时间都算在内，两份记录讲的是同一件事：共 {segments} 个报文段。" },
    },
    {
      name = "versions",
      kernel = true,
      question = "没人回应 SYN。Linux 什么时候重试，试几次？各个版本之间变过吗？",
      without = "同一个版本问两遍",
      says = {
        kernel = "Linux {version}：SYN 的时间是 {times}，{seconds:%.1f} 秒后放弃，错误是 {code}",
        answer = [[到 6.4 为止，每次等待都是前一次的两倍，从第一次就是这样。此后前四次各等一秒（tcp_syn_linear_timeouts）：
          丢一个 SYN 的代价小了，总共的时间差不多。]],
      },
      claims = { changed = "十秒之后，较新的内核发了 {newer} 个 SYN，较旧的发了 {older} 个。" },
    },
  },
}
