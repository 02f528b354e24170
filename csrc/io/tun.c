/* SPDX-License-Identifier: MIT */
/* A TUN device: made, addressed and brought up by ioctl, watched by uv_poll, gone when it is closed. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "error.h"
#include "loop.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "interface.h"

static const char device_file[] = "/dev/net/tun";

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

static bool make_device(tl_tun *tun, const tl_plan *p, tl_io_error *error) {
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
  tl_plan p;
  if (!tl_plan_read(options, &p, error)) return NULL;
  tl_tun *tun = calloc(1, sizeof *tun);
  if (!tun) {
    tl_io_fail(error, ENOMEM, "not enough memory for a TUN device");
    return NULL;
  }
  tun->io = io;
  if (make_device(tun, &p, error) && tl_interface_configure(tun->name, &p, error) && watch(tun, error)) {
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
