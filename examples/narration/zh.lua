-- SPDX-License-Identifier: MIT
-- What the experiments say, in Chinese; en.lua says the same in English. lua/tcplab/narration.lua tells what a text may hold.
return {
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
  },
  -- ---- Under attack ----
  {
    chapter = "遭受攻击",
  },
  -- ---- Talking ----
  {
    chapter = "传输数据",
  },
  -- ---- Closing ----
  {
    chapter = "关闭连接",
  },
  -- ---- The real world ----
  {
    chapter = "真实世界",
  },
}
