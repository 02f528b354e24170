/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "interface.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"

/* linux/ipv6.h has this too, but not beside the C library's own headers. */
typedef struct v6_request {
  struct in6_addr address;
  uint32_t length;
  int index;
} v6_request;

static struct ifreq request_for(const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, name, strlen(name));
  return request;
}

static void put_v4(struct sockaddr *out, uint32_t network_order) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = network_order;
  memcpy(out, &address, sizeof address);
}

static int set_v4(const char *name, const tl_end *e, int control) {
  struct ifreq request = request_for(name);
  uint32_t address;
  memcpy(&address, e->byte, sizeof address);
  put_v4(&request.ifr_addr, address);
  if (ioctl(control, SIOCSIFADDR, &request) < 0) return errno;
  put_v4(&request.ifr_netmask, e->length ? htonl(UINT32_MAX << (32 - e->length)) : 0);
  return ioctl(control, SIOCSIFNETMASK, &request) < 0 ? errno : 0;
}

static int set_v6(const char *name, const tl_end *e) {
  v6_request request;
  memcpy(&request.address, e->byte, sizeof request.address);
  request.length = (uint32_t)e->length;
  request.index = (int)if_nametoindex(name);
  int control = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return errno;
  int code = ioctl(control, SIOCSIFADDR, &request) < 0 ? errno : 0;
  close(control);
  return code;
}

static bool set_end(const char *name, const tl_end *e, int control, tl_io_error *error) {
  int code = e->family == AF_INET ? set_v4(name, e, control) : e->family == AF_INET6 ? set_v6(name, e) : 0;
  if (!code) return true;
  if (e->family == AF_INET6 && (code == EAFNOSUPPORT || code == EACCES))
    return tl_io_fail(error, code, "cannot give %s the address %s: IPv6 is switched off here", name, e->text);
  return tl_io_fail(error, code, "cannot give %s the address %s: %s", name, e->text, strerror(code));
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

static int set_queue(const char *name, int length) {
  queue_request request;
  memset(&request, 0, sizeof request);
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = RTM_NEWLINK;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  request.link.ifi_index = (int)if_nametoindex(name);
  request.attribute.rta_len = RTA_LENGTH(sizeof request.length);
  request.attribute.rta_type = IFLA_TXQLEN;
  request.length = (uint32_t)length;
  return send_request(&request);
}

static bool set_sizes(const char *name, const tl_plan *p, int control, tl_io_error *error) {
  struct ifreq request = request_for(name);
  request.ifr_mtu = p->mtu;
  if (ioctl(control, SIOCSIFMTU, &request) < 0)
    return tl_io_fail(error, errno, "cannot set the MTU of %s to %d: %s", name, p->mtu, strerror(errno));
  int code = set_queue(name, p->queue);
  if (code)
    return tl_io_fail(error, code, "cannot set the queue of %s to %d packets: %s", name, p->queue, strerror(code));
  return true;
}

static bool bring_up(const char *name, int control, tl_io_error *error) {
  struct ifreq request = request_for(name);
  if (ioctl(control, SIOCGIFFLAGS, &request) == 0) {
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
    if (ioctl(control, SIOCSIFFLAGS, &request) == 0) return true;
  }
  return tl_io_fail(error, errno, "cannot bring %s up: %s", name, strerror(errno));
}

/* The ring takes its length from the queue's while the device is down; addresses get their routes when it comes up. */
bool tl_interface_configure(const char *name, const tl_plan *p, tl_io_error *error) {
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return tl_io_fail(error, errno, "no socket to set up %s: %s", name, strerror(errno));
  bool done = set_sizes(name, p, control, error) && set_end(name, &p->ends[0], control, error) &&
              set_end(name, &p->ends[1], control, error) && bring_up(name, control, error);
  close(control);
  return done;
}

#endif
