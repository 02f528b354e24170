/* SPDX-License-Identifier: MIT */
/* A TUN device: made, addressed and brought up by ioctl, watched by uv_poll, gone when it is closed. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "internal.h"

#ifdef __linux__

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MTU_USUAL = 1500, MTU_LEAST = 68, MTU_LEAST_V6 = 1280, MTU_MOST = 65535, QUEUE_USUAL = 5000 };

static const char device_file[] = "/dev/net/tun";

/* ---- what is asked for, checked before anything is made ---- */

typedef struct end {
  int family; /* AF_UNSPEC: none */
  int length; /* of the prefix */
  uint8_t byte[16];
  const char *text;
} end;

typedef struct plan {
  char name[IFNAMSIZ];
  end ends[2];
  int mtu, queue;
} plan;

static bool all_zero(const end *e) {
  static const uint8_t zero[16];
  return memcmp(e->byte, zero, e->family == AF_INET ? 4 : 16) == 0;
}

static bool is_group(const end *e) { return e->family == AF_INET ? e->byte[0] >= 224 : e->byte[0] == 0xff; }

/* Digits alone; -1 when it is no number up to most. */
static int read_length(const char *text, int most) {
  int value = 0;
  if (!*text) return -1;
  for (; *text; text++) {
    if (*text < '0' || *text > '9') return -1;
    value = value * 10 + (*text - '0');
    if (value > most) return -1;
  }
  return value;
}

static bool read_end(const char *text, end *out, tl_io_error *error) {
  char address[INET6_ADDRSTRLEN + 1];
  const char *slash = strchr(text, '/');
  size_t size = slash ? (size_t)(slash - text) : strlen(text);
  if (size < sizeof address) {
    memcpy(address, text, size);
    address[size] = 0;
    out->family = strchr(address, ':') ? AF_INET6 : AF_INET;
  }
  out->text = text;
  if (size >= sizeof address || inet_pton(out->family, address, out->byte) != 1)
    return tl_io_fail(error, EINVAL, "bad address \"%.60s\": write it as \"10.9.0.1/24\" or \"fd00::1/64\"", text);
  if (!slash)
    return tl_io_fail(error, EINVAL, "address \"%.60s\" lacks a prefix length: write it as \"%.60s/%d\"", text, text,
                      out->family == AF_INET ? 24 : 64);
  int most = out->family == AF_INET ? 32 : 128;
  out->length = read_length(slash + 1, most);
  if (out->length < 0)
    return tl_io_fail(error, EINVAL, "bad prefix length in \"%.60s\": a number from 0 to %d", text, most);
  if (all_zero(out) || is_group(out))
    return tl_io_fail(error, EINVAL, "bad address \"%.60s\": a device's own address must be a unicast one", text);
  return true;
}

static bool read_ends(const tl_tun_options *o, plan *p, tl_io_error *error) {
  if (!o->address) return tl_io_fail(error, EINVAL, "a TUN device needs an address, such as \"10.9.0.1/24\"");
  if (!read_end(o->address, &p->ends[0], error)) return false;
  if (!o->address6) return true;
  if (!read_end(o->address6, &p->ends[1], error)) return false;
  if (p->ends[0].family == p->ends[1].family)
    return tl_io_fail(error, EINVAL, "\"%.60s\" and \"%.60s\" are of one family: one IPv4 and one IPv6 address at most",
                      o->address, o->address6);
  return true;
}

static bool read_name(const char *name, plan *p, tl_io_error *error) {
  if (!name)
    name = "tcplab%d";
  else if (strchr(name, '%'))
    return tl_io_fail(error, EINVAL, "bad device name \"%.60s\": it has a %%", name);
  size_t size = strlen(name);
  if (size >= sizeof p->name)
    return tl_io_fail(error, ENAMETOOLONG, "device name \"%.60s\" is too long: at most %d bytes", name, IFNAMSIZ - 1);
  if (size == 0 || strpbrk(name, "/: \t\n\v\f\r") || !strcmp(name, ".") || !strcmp(name, ".."))
    return tl_io_fail(error, EINVAL, "bad device name \"%.60s\": neither empty, nor with blanks, \"/\" or \":\"", name);
  memcpy(p->name, name, size + 1);
  return true;
}

static bool has_v6(const plan *p) { return p->ends[0].family == AF_INET6 || p->ends[1].family == AF_INET6; }

static bool read_sizes(const tl_tun_options *o, plan *p, tl_io_error *error) {
  uint32_t mtu = o->mtu ? o->mtu : MTU_USUAL;
  uint32_t least = has_v6(p) ? MTU_LEAST_V6 : MTU_LEAST;
  if (mtu < least || mtu > MTU_MOST)
    return tl_io_fail(error, EINVAL, "bad MTU %lu: from %lu%s to %d bytes", (unsigned long)mtu, (unsigned long)least,
                      has_v6(p) ? " (with IPv6)" : "", MTU_MOST);
  uint32_t queue = o->queue ? o->queue : QUEUE_USUAL;
  if (queue > 1u << 20)
    return tl_io_fail(error, EINVAL, "bad queue %lu: at most 1048576 packets", (unsigned long)queue);
  p->mtu = (int)mtu;
  p->queue = (int)queue;
  return true;
}

static bool read_plan(const tl_tun_options *o, plan *p, tl_io_error *error) {
  memset(p, 0, sizeof *p);
  return read_name(o->name, p, error) && read_ends(o, p, error) && read_sizes(o, p, error);
}

/* ---- the device ---- */

#define ADVICE "run as root, or inside \"unshare --user --map-root-user --net\""

static bool no_device_file(int code, tl_io_error *error) {
  if (code == ENOENT || code == ENODEV || code == ENXIO)
    return tl_io_fail(error, code,
                      "there is no %s: load the driver with \"modprobe tun\" (in a container: \"--device %s\")",
                      device_file, device_file);
  if (code == EACCES || code == EPERM)
    return tl_io_fail(error, code, "this user may not open %s: run as root, or let users open it (\"chmod 666 %s\")",
                      device_file, device_file);
  return tl_io_fail(error, code, "cannot open %s: %s", device_file, strerror(code));
}

static bool no_device(int code, const char *name, tl_io_error *error) {
  if (code == EPERM) return tl_io_fail(error, code, "making a TUN device needs CAP_NET_ADMIN: " ADVICE);
  if (code == EBUSY || code == EINVAL)
    return tl_io_fail(error, code, "there is a device named \"%s\" already: choose another name, or leave it out",
                      name);
  return tl_io_fail(error, code, "cannot make the TUN device \"%s\": %s", name, strerror(code));
}

/* The kernel frees a name a little after its holder went: half a second of patience. */
static int attach(int fd, struct ifreq *request) {
  const struct timespec pause = {0, 10000000};
  for (int tries = 50;; tries--) {
    if (ioctl(fd, TUNSETIFF, request) == 0) return 0;
    if (errno != EBUSY || tries == 0) return errno;
    nanosleep(&pause, NULL);
  }
}

static bool make_device(tl_tun *tun, const plan *p, tl_io_error *error) {
  tun->fd = open(device_file, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tun->fd < 0) return no_device_file(errno, error);
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, p->name, sizeof p->name);
  request.ifr_flags = (short)(IFF_TUN | IFF_NO_PI | IFF_TUN_EXCL);
  int code = attach(tun->fd, &request);
  if (code) return no_device(code, p->name, error);
  memcpy(tun->name, request.ifr_name, sizeof tun->name);
  return true;
}

/* ---- its addresses, its sizes, and up ---- */

/* linux/ipv6.h has this too, but not beside the C library's own headers. */
typedef struct v6_request {
  struct in6_addr address;
  uint32_t length;
  int index;
} v6_request;

static struct ifreq request_for(const tl_tun *tun) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, tun->name, sizeof tun->name);
  return request;
}

static void put_v4(struct sockaddr *out, uint32_t network_order) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = network_order;
  memcpy(out, &address, sizeof address);
}

static int set_v4(const tl_tun *tun, const end *e, int control) {
  struct ifreq request = request_for(tun);
  uint32_t address;
  memcpy(&address, e->byte, sizeof address);
  put_v4(&request.ifr_addr, address);
  if (ioctl(control, SIOCSIFADDR, &request) < 0) return errno;
  put_v4(&request.ifr_netmask, e->length ? htonl(UINT32_MAX << (32 - e->length)) : 0);
  return ioctl(control, SIOCSIFNETMASK, &request) < 0 ? errno : 0;
}

static int set_v6(const tl_tun *tun, const end *e) {
  v6_request request;
  memcpy(&request.address, e->byte, sizeof request.address);
  request.length = (uint32_t)e->length;
  request.index = (int)if_nametoindex(tun->name);
  int control = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return errno;
  int code = ioctl(control, SIOCSIFADDR, &request) < 0 ? errno : 0;
  close(control);
  return code;
}

static bool set_end(const tl_tun *tun, const end *e, int control, tl_io_error *error) {
  int code = e->family == AF_INET ? set_v4(tun, e, control) : e->family == AF_INET6 ? set_v6(tun, e) : 0;
  if (!code) return true;
  if (e->family == AF_INET6 && (code == EAFNOSUPPORT || code == EACCES))
    return tl_io_fail(error, code, "cannot give %s the address %s: IPv6 is switched off here", tun->name, e->text);
  return tl_io_fail(error, code, "cannot give %s the address %s: %s", tun->name, e->text, strerror(code));
}

/* The queue's length is set by netlink: the ioctl asks for rights outside of the namespace that we stand in. */
typedef struct queue_request {
  struct nlmsghdr head;
  struct ifinfomsg link;
  struct rtattr attribute;
  uint32_t length;
} queue_request;

static int send_request(const queue_request *request) {
  int control = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (control < 0) return errno;
  struct {
    struct nlmsghdr head;
    struct nlmsgerr error;
    uint8_t rest[sizeof *request];
  } answer;
  ssize_t got = -1;
  if (send(control, request, request->head.nlmsg_len, 0) >= 0) got = recv(control, &answer, sizeof answer, 0);
  int code = errno;
  close(control);
  if (got < 0) return code;
  return got >= (ssize_t)(sizeof answer.head + sizeof answer.error.error) && answer.head.nlmsg_type == NLMSG_ERROR
             ? -answer.error.error
             : EIO;
}

static int set_queue(const tl_tun *tun, int length) {
  queue_request request;
  memset(&request, 0, sizeof request);
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = RTM_NEWLINK;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  request.link.ifi_index = (int)if_nametoindex(tun->name);
  request.attribute.rta_len = RTA_LENGTH(sizeof request.length);
  request.attribute.rta_type = IFLA_TXQLEN;
  request.length = (uint32_t)length;
  return send_request(&request);
}

static bool set_sizes(const tl_tun *tun, const plan *p, int control, tl_io_error *error) {
  struct ifreq request = request_for(tun);
  request.ifr_mtu = p->mtu;
  if (ioctl(control, SIOCSIFMTU, &request) < 0)
    return tl_io_fail(error, errno, "cannot set the MTU of %s to %d: %s", tun->name, p->mtu, strerror(errno));
  int code = set_queue(tun, p->queue);
  if (code)
    return tl_io_fail(error, code, "cannot set the queue of %s to %d packets: %s", tun->name, p->queue, strerror(code));
  return true;
}

static bool bring_up(const tl_tun *tun, int control, tl_io_error *error) {
  struct ifreq request = request_for(tun);
  if (ioctl(control, SIOCGIFFLAGS, &request) == 0) {
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
    if (ioctl(control, SIOCSIFFLAGS, &request) == 0) return true;
  }
  return tl_io_fail(error, errno, "cannot bring %s up: %s", tun->name, strerror(errno));
}

/* The ring takes its length from the queue's while the device is down; addresses get their routes when it comes up. */
static bool configure(const tl_tun *tun, const plan *p, tl_io_error *error) {
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return tl_io_fail(error, errno, "no socket to set up %s: %s", tun->name, strerror(errno));
  bool done = set_sizes(tun, p, control, error) && set_end(tun, &p->ends[0], control, error) &&
              set_end(tun, &p->ends[1], control, error) && bring_up(tun, control, error);
  close(control);
  return done;
}

/* ---- watching it ---- */

static void packet_came(uv_poll_t *poll, int status, int events) {
  (void)events;
  tl_tun *tun = poll->data;
  if (status < 0) tun->failed = true;
  tun->io->ready = true;
}

static void let_go(uv_handle_t *poll) { poll->data = NULL; }

static void stop_watching(tl_tun *tun) {
  uv_close((uv_handle_t *)&tun->poll, let_go);
  while (tun->poll.data) uv_run(&tun->io->loop, UV_RUN_NOWAIT);
}

/* The look that follows puts the descriptor into the loop's own set, so that tl_io_fd speaks for it before the first
 * wait. */
static bool watch(tl_tun *tun, tl_io_error *error) {
  uv_loop_t *loop = &tun->io->loop;
  int failed = uv_poll_init(loop, &tun->poll, tun->fd);
  if (failed) return tl_io_fail(error, -failed, "cannot watch %s: %s", tun->name, uv_strerror(failed));
  tun->poll.data = tun;
  failed = uv_poll_start(&tun->poll, UV_READABLE, packet_came);
  if (!failed) {
    uv_run(loop, UV_RUN_NOWAIT);
    return true;
  }
  stop_watching(tun);
  return tl_io_fail(error, -failed, "cannot watch %s: %s", tun->name, uv_strerror(failed));
}

/* ---- the verbs ---- */

tl_tun *tl_tun_open(tl_io *io, const tl_tun_options *options, tl_io_error *error) {
  plan p;
  if (!read_plan(options, &p, error)) return NULL;
  tl_tun *tun = calloc(1, sizeof *tun);
  if (!tun) {
    tl_io_fail(error, ENOMEM, "not enough memory for a TUN device");
    return NULL;
  }
  tun->io = io;
  if (make_device(tun, &p, error) && configure(tun, &p, error) && watch(tun, error)) {
    tun->next = io->tuns;
    io->tuns = tun;
    return tun;
  }
  if (tun->fd >= 0) close(tun->fd);
  free(tun);
  return NULL;
}

const char *tl_tun_name(const tl_tun *tun) { return tun->name; }

long tl_tun_read(tl_tun *tun, uint8_t *out, size_t room, tl_io_error *error) {
  for (;;) {
    ssize_t size = read(tun->fd, out, room);
    if (size > 0) return (long)size;
    if (size == 0 || errno == EAGAIN) return 0;
    if (errno == EINTR) continue;
    tun->failed = true;
    tl_io_fail(error, errno, "the device %s is gone: %s", tun->name, strerror(errno));
    return -1;
  }
}

bool tl_tun_write(tl_tun *tun, const uint8_t *bytes, size_t size) {
  for (;;) {
    ssize_t sent = write(tun->fd, bytes, size);
    if (sent >= 0 || errno != EINTR) return sent == (ssize_t)size;
  }
}

void tl_tun_close(tl_tun *tun) {
  if (!tun) return;
  tl_tun **link = &tun->io->tuns;
  while (*link != tun) link = &(*link)->next;
  *link = tun->next;
  stop_watching(tun);
  close(tun->fd);
  free(tun);
}

#else

#include <errno.h>

/* TUN devices made this way are Linux's. */
tl_tun *tl_tun_open(tl_io *io, const tl_tun_options *options, tl_io_error *error) {
  (void)io, (void)options;
  tl_io_fail(error, ENOTSUP, "TUN devices are supported on Linux alone: elsewhere tcplab.lab works");
  return NULL;
}

const char *tl_tun_name(const tl_tun *tun) { return tun->name; }

long tl_tun_read(tl_tun *tun, uint8_t *out, size_t room, tl_io_error *error) {
  (void)tun, (void)out, (void)room;
  tl_io_fail(error, ENOTSUP, "TUN devices are supported on Linux alone");
  return -1;
}

bool tl_tun_write(tl_tun *tun, const uint8_t *bytes, size_t size) {
  (void)tun, (void)bytes, (void)size;
  return false;
}

void tl_tun_close(tl_tun *tun) { (void)tun; }

#endif
