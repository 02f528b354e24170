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
        timeout = "丢掉的那个 SYN-ACK 引出一次超时：过了 {opened} s 双方才都能说话。",
      },
    },
  },
  -- ---- The segment ----
  {
    chapter = "报文段",
  },
  -- ---- Opening ----
  {
    chapter = "建立连接",
    {
      name = "handshake",
      question = "连接进入 ESTABLISHED 之前，双方各自要知道什么？",
      without = "服务器一收到 SYN 就认定连接已经建立",
      says = {
        known = "{time} s  {host}：我的初始序列号是 {own}，对方的是 {peer}；我的{heard?已经|还没有}得到确认",
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
        answer = [[每一种丢失都由定时器来弥补。谁没有等到回应，谁就重发：客户端重传 SYN，服务器重传 SYN-ACK。丢的若是最后的 ACK，
          等 SYN-ACK 再次到来，客户端自会补发。]],
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
        greeted = "{host} 服务器接待的来客数：{count}",
        answer = [[第三个报文段是客户端的亲口确认：这个 SYN 是现在发的，不是陈年旧货。握手要三次，不在于“双方都同意通信”，
          而在于双方都确知序列号是新的。]],
      },
      claims = {
        three = "careful 服务器从 RST 得知并没有人呼叫，因而没有接待任何人。",
        two = "hasty 服务器把旧 SYN 当成了来客，向并不存在的客户端打了招呼。",
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
        answer = "通过一个 RST，一个往返时间之后就知道了。只有杳无回音，才让呼叫方久等。",
      },
      claims = {
        refused = "呼叫被拒绝。",
        round_trip = "拒绝在一个往返时间之后到达，即 {took} s。",
        silence = "没有回音时，呼叫方耐心地试了 {took:%.0f} s。",
      },
    },
    {
      name = "early_data",
      question = "客户端最早什么时候可以发数据？",
      without = "客户端等到两边的握手都完成才发",
      says = {
        third = "第三个报文段：{kind}，携带 {bytes} 字节",
        times = "{established} s 进入 ESTABLISHED，{heard} s 读到 {line:%q}",
        answer = "随握手的第三个报文段就可以：让服务器进入 ESTABLISHED 的那个 ACK 可以携带数据，服务器一进入 ESTABLISHED 就已拿到。",
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
        answer = [[可以，尽管许多教程说 SYN 不能携带数据。但握手完成之前不会有人读它，因为这个 SYN 可能是过期的。监听方只存一定的量，
          其余的要由对方重传。]],
      },
      claims = {
        aside = "监听方先把数据存放一旁，SYN-ACK 只确认了 SYN 本身。",
        not_yet = "握手完成之前，服务器程序看不到这些数据。",
        with_the_end = "握手一完成，数据就在那里了。",
      },
    },
  },
  -- ---- Under attack ----
  {
    chapter = "遭受攻击",
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
        answer = [[看序列号：在 RCV.NXT 之前的都已收到过，丢弃即可，并回一个 ACK 让发送方知道。原来的那份若比副本来得还晚，判断得更早：
          它的时间戳是旧的（PAWS）。]],
      },
      claims = {
        whole = "程序把每一行恰好读到一次，次序不变。",
        told_lost = "只来了重传的那份，没有什么要丢弃。",
        told_ack_lost = "副本在原件之后到达，被当作重复而拒收。",
        told_slow = "原件在副本之后到达，因时间戳过旧而被拒收。",
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
        answer = "两个方向各自结束：一个方向一个 FIN 和它的 ACK，然后才轮到另一个方向，中间隔多久由后关闭的一方决定。这就是四次挥手。",
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
        answer = "能：FIN 与 ACK 合在一个报文段里，客户端就跳过了 FIN-WAIT-2。",
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
  },
}
