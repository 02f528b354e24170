/* SPDX-License-Identifier: MIT */
#include "../tcp.h"

static const struct {
  const char *code, *text;
} errors[TL_ERRORS] = {
    [TL_OK] = {"OK", "no error"},
    [TL_E_AGAIN] = {"EAGAIN", "nothing to do now, try again"},
    [TL_E_CLOSED] = {"ENOTCONN", "connection does not exist"},
    [TL_E_CLOSING] = {"EPIPE", "connection closing"},
    [TL_E_REFUSED] = {"ECONNREFUSED", "connection refused"},
    [TL_E_RESET] = {"ECONNRESET", "connection reset"},
    [TL_E_TIMEDOUT] = {"ETIMEDOUT", "connection timed out"},
    [TL_E_USER_TIMEOUT] = {"EUSERTIMEOUT", "connection aborted due to user timeout"},
    [TL_E_IN_USE] = {"EADDRINUSE", "address already in use"},
    [TL_E_EXISTS] = {"EISCONN", "connection already exists"},
    [TL_E_TAKEN] = {"EADDRNOTAVAIL", "connection already exists"},
    [TL_E_NO_REMOTE] = {"EDESTADDRREQ", "remote socket unspecified"},
    [TL_E_NO_ROUTE] = {"ENETUNREACH", "no route to the remote address"},
    [TL_E_UNREACHABLE] = {"EHOSTUNREACH", "destination unreachable"},
    [TL_E_ADDRESS] = {"EADDRNOTAVAIL", "not an address of this host"},
    [TL_E_INVALID] = {"EINVAL", "invalid argument"},
    [TL_E_NO_MEMORY] = {"ENOBUFS", "insufficient resources"},
    [TL_E_NO_PORTS] = {"EADDRNOTAVAIL", "every ephemeral port is in use"},
    [TL_E_OVERFLOW] = {"ENOBUFS", "no room in the listener's queue"},
    [TL_E_ABORTED] = {"ECONNABORTED", "connection aborted"},
    [TL_E_REBOOTED] = {"EHOSTDOWN", "the host was rebooted"},
    [TL_E_NETWORK] = {"ENETUNREACH", "network unreachable"},
    [TL_E_PROTOCOL] = {"ENOPROTOOPT", "protocol unreachable"},
    [TL_E_ROUTE] = {"EOPNOTSUPP", "source route failed"},
    [TL_E_PARAMETER] = {"EPROTO", "parameter problem"},
    [TL_E_TIMEDOUT_PORT] = {"ECONNREFUSED", "connection timed out: port unreachable"},
    [TL_E_TIMEDOUT_PROTOCOL] = {"ENOPROTOOPT", "connection timed out: protocol unreachable"},
    [TL_E_TIMEDOUT_NETWORK] = {"ENETUNREACH", "connection timed out: network unreachable"},
    [TL_E_TIMEDOUT_HOST] = {"EHOSTUNREACH", "connection timed out: destination unreachable"},
    [TL_E_TIMEDOUT_ROUTE] = {"EOPNOTSUPP", "connection timed out: source route failed"},
    [TL_E_TIMEDOUT_PARAMETER] = {"EPROTO", "connection timed out: parameter problem"},
    [TL_E_USER_TIMEOUT_PORT] = {"ECONNREFUSED", "connection aborted due to user timeout: port unreachable"},
    [TL_E_USER_TIMEOUT_PROTOCOL] = {"ENOPROTOOPT", "connection aborted due to user timeout: protocol unreachable"},
    [TL_E_USER_TIMEOUT_NETWORK] = {"ENETUNREACH", "connection aborted due to user timeout: network unreachable"},
    [TL_E_USER_TIMEOUT_HOST] = {"EHOSTUNREACH", "connection aborted due to user timeout: destination unreachable"},
    [TL_E_USER_TIMEOUT_ROUTE] = {"EOPNOTSUPP", "connection aborted due to user timeout: source route failed"},
    [TL_E_USER_TIMEOUT_PARAMETER] = {"EPROTO", "connection aborted due to user timeout: parameter problem"},
    [TL_E_HOST_UNKNOWN] = {"EHOSTDOWN", "host unknown"},
    [TL_E_HOST_ISOLATED] = {"ENONET", "host isolated"},
    [TL_E_TIMEDOUT_UNKNOWN] = {"EHOSTDOWN", "connection timed out: host unknown"},
    [TL_E_TIMEDOUT_ISOLATED] = {"ENONET", "connection timed out: host isolated"},
    [TL_E_USER_TIMEOUT_UNKNOWN] = {"EHOSTDOWN", "connection aborted due to user timeout: host unknown"},
    [TL_E_USER_TIMEOUT_ISOLATED] = {"ENONET", "connection aborted due to user timeout: host isolated"},
    [TL_E_BUSY] = {"EBUSY", "called from a policy, which must only decide"},
};

const char *tl_error_code(tl_error e) { return errors[e < TL_ERRORS ? e : TL_E_INVALID].code; }

const char *tl_error_text(tl_error e) { return errors[e < TL_ERRORS ? e : TL_E_INVALID].text; }
