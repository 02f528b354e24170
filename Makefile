# SPDX-License-Identifier: MIT
# Plain `make` lists the tasks. Everything made goes under build/.

DEMO ?= tour
LIVE_DEMO ?= live
FUZZ_SECONDS ?= 60
SPECS ?=
SOAK ?=
KERNEL ?= 6.1
KERNEL_SOURCE ?=

BUILD ?= build
ifeq ($(origin CC),default)
CC := $(firstword $(foreach c,gcc cc clang,$(if $(shell command -v $(c) 2>/dev/null),$(c))) gcc)
endif
LUA ?= $(firstword $(foreach l,lua5.4 lua-5.4 lua54 lua,$(if $(shell command -v $(l) 2>/dev/null),$(l))) lua5.4)
JOBS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
export CC LUA

# V=1 shows the commands whole.
V ?=
Q := $(if $(V),,@)
submake = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
setup = @spec/tools/setup

.PHONY: help run live build test spec scorecard soak asan hostile fuzz lint format bench docs rock kernel clean
help:
	@echo 'tcplab: make TASK'
	@echo
	@echo '  run        build, then the tour: a handshake with a loss and the teardown; also against a Linux kernel where there can be one'
	@echo '  live       the same experiment against a Linux kernel: one that make kernel built, else this machine'"'"'s in a network namespace'
	@echo '  build      the library and the command, build/tcplab'
	@echo '  test       build, then every spec, the live ones and the rock included, JOBS files at once (as many as there are processors);'
	@echo '             SPECS=spec/x_spec.lua for some, SPECS=-v shows the seconds that each file takes'
	@echo '  spec       build, then the specs in virtual time alone'
	@echo '  scorecard  those specs, then which requirements of the RFCs they prove, and which are declared not done or open'
	@echo '  soak       the figures: loss recovery, congestion control, floods, blind attackers, a million connections, random schedules, forged segments; SOAK=NAME for one'
	@echo '  asan       every spec with AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo '  hostile    the binding with a collection, and so finalizers, wherever Lua may allocate, and with memory refused once; part of asan'
	@echo '  fuzz       each libFuzzer target, and each reader of files, for FUZZ_SECONDS (60)'
	@echo '  lint       luacheck, clang-format, clang-tidy, and the warnings of gcc and clang as errors'
	@echo '  format     clang-format on all C sources'
	@echo '  bench      the figures: segments and connections a second, bytes a connection'
	@echo '  docs       reference pages from the comments in lua/tcplab, and what profiles and kernels answer, into build/docs'
	@echo '  rock       install the rock into build/rock, from a copy, and try it'
	@echo '  kernel     Linux KERNEL (6.1) as a program with a virtual clock: Debian source, or KERNEL_SOURCE=FOLDER; kept in the cache of the user'
	@echo '  clean      remove build/'
	@echo
	@echo 'run and test install what is missing by apt (through sudo for a plain user).'

run:
	$(setup) build run
	@$(submake) made
	@$(BUILD)/tcplab run $(DEMO)
	@echo; echo "tcplab: and now the same against a Linux kernel:"
	@spec/tools/kernel/live $(BUILD)/tcplab run $(LIVE_DEMO) || [ $$? = 3 ]

live:
	$(setup) build run
	@$(submake) made
	@spec/tools/kernel/live $(BUILD)/tcplab run $(LIVE_DEMO)

build:
	$(setup) build
	@$(submake) made

test:
	$(setup) build run test
	@$(submake) made soaks
	@$(LUA) spec/run.lua --jobs=$(JOBS) $(SPECS)

spec:
	$(setup) build run test
	@$(submake) made soaks
	@$(LUA) spec/run.lua --jobs=$(JOBS) --virtual $(SPECS)

scorecard: spec
	@echo
	@$(LUA) spec/tools/scorecard.lua $(BUILD)/specs.txt

# Each figure says whether it is as wanted; the task fails at the end when one is not.
soak:
	$(setup) build run test
	@$(submake) made soaks
	@$(LUA) spec/soak/run.lua $(SOAK)

# The leak check stays off: Lua's modules are unloaded before it looks.
sanitized = SANITIZE=address,undefined OPTIMIZE='-O1 -fno-omit-frame-pointer' CC=gcc
under_sanitizers = TCPLAB_PRELOAD="$$(gcc -print-file-name=libasan.so)" \
  ASAN_OPTIONS=$${ASAN_OPTIONS:-detect_leaks=0:detect_stack_use_after_return=1} UBSAN_OPTIONS=print_stacktrace=1
asan: hostile
	@$(submake) BUILD=build/asan $(sanitized) made soaks
	@TCPLAB_BUILD=build/asan $(under_sanitizers) $(LUA) spec/run.lua --jobs=$(JOBS) --exclude-tags=rock $(SPECS)

# Finalizers' own specs with a collection at every third call of Lua's that may allocate, those of what the binding serves at every few thousandth.
hostile:
	$(setup) build run test asan
	@$(submake) BUILD=build/hostile $(sanitized) CPPFLAGS=-DTL_HOSTILE LDFLAGS=-Wl,-z,nodelete made
	@TCPLAB_BUILD=build/hostile TCPLAB_HOSTILE=3 $(under_sanitizers) $(LUA) spec/run.lua spec/net/finalizer_spec.lua
	@TCPLAB_BUILD=build/hostile TCPLAB_HOSTILE=5000 $(under_sanitizers) $(LUA) spec/run.lua --jobs=$(JOBS) spec/net spec/connection spec/trace

fuzz:
	$(setup) fuzz
	@$(submake) BUILD=build/fuzz CC=clang OPTIMIZE=-O1 SANITIZE=fuzzer-no-link,address,undefined fuzzers
	@set -e; for target in $(FUZZERS); do \
	  mkdir -p build/fuzz/corpus/$$target; seeds=spec/fuzz/$$target; [ -d $$seeds ] || seeds=; \
	  echo "fuzz: $$target for $(FUZZ_SECONDS) s"; \
	  build/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 -verbosity=0 \
	    -artifact_prefix=build/fuzz/$$target- build/fuzz/corpus/$$target $$seeds; \
	done
	@$(submake) made
	@$(LUA) spec/fuzz/readers.lua $(FUZZ_SECONDS)

lint:
	$(setup) build lint
	@luacheck --quiet --codes .busted .luarocks-debian.lua tcplab-scm-1.rockspec lua spec examples
	@clang-format --dry-run --Werror $(C_FILES)
	@$(submake) BUILD=build/lint-gcc CC=gcc WERROR=-Werror objects
	@$(submake) BUILD=build/lint-clang CC=clang WERROR=-Werror objects
	@clang-tidy --quiet $(SOURCES) -- -std=c11 $(LUA_CFLAGS) $(UV_CFLAGS)
	@echo 'lint: clean'

format:
	$(setup) format
	@clang-format -i $(C_FILES)

bench:
	$(setup) build run bench
	@$(submake) made benches
	@set -e; for program in $(BENCHES); do echo "bench: $$program"; $$program; done
	@set -e; for script in $(wildcard spec/bench/*.lua); do echo "bench: $$script"; $(BUILD)/tcplab run $$script; done

docs:
	$(setup) build run
	@$(submake) made
	@$(LUA) spec/tools/docs.lua $(BUILD)/docs
	@$(BUILD)/tcplab probe --lang en --table $(wildcard spec/probe/sheets/*.json) >$(BUILD)/docs/probe.md
	@echo "what profiles and kernels answer: $(BUILD)/docs/probe.md"

rock:
	$(setup) build run test
	@spec/tools/rock

kernel:
	$(setup) build run
	@$(submake) made
	@TCPLAB=$(BUILD)/tcplab JOBS=$(JOBS) spec/tools/kernel/build '$(KERNEL)' '$(KERNEL_SOURCE)'

clean:
	rm -rf build

# ---- What is made --------------------------------------------------------------------------------------------------------------------------

sources = $(sort $(wildcard csrc/$(1)/*.c csrc/$(1)/*/*.c))
SOURCES := $(foreach part,tcp lab io lua,$(call sources,$(part)))
C_FILES := $(sort $(wildcard csrc/*/*.[ch] csrc/*/*/*.[ch] spec/fuzz/*.[ch] spec/bench/*.[ch] spec/soak/*.[ch] spec/tcp/*/*.c))
objects_of = $(patsubst csrc/%.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
OBJECTS := $(SOURCES:csrc/%.c=$(BUILD)/obj/%.o)
FUZZERS := $(patsubst spec/fuzz/%.c,%,$(wildcard spec/fuzz/*.c))
BENCHES := $(patsubst spec/bench/%.c,$(BUILD)/bench/%,$(wildcard spec/bench/*.c))
SOAK_PARTS := $(addprefix spec/soak/,world.c witness.c schedule.c forgery.c)
SOAKS := $(patsubst spec/soak/%.c,$(BUILD)/soak/%,$(filter-out $(SOAK_PARTS),$(wildcard spec/soak/*.c)))

flags_of = $(shell pkg-config $(1) $(2) 2>/dev/null)
first_dir = $(addprefix -isystem ,$(firstword $(foreach d,$(1),$(if $(wildcard $(d)/lua.h),$(d)))))
LUA_CFLAGS ?= $(patsubst -I%,-isystem%,$(firstword $(foreach p,lua5.4 lua-5.4 lua54,$(call flags_of,--cflags-only-I,$(p)))))
ifeq ($(strip $(LUA_CFLAGS)),)
LUA_CFLAGS := $(call first_dir,/usr/include/lua5.4 /usr/local/include/lua5.4 /usr/local/include/lua54 /opt/homebrew/include/lua5.4)
endif
UV_CFLAGS ?= $(call flags_of,--cflags-only-I,libuv)
UV_LIBS ?= $(or $(call flags_of,--libs,libuv),-luv)

OPTIMIZE ?= -O2
# Link-time optimization, where gcc can: a tenth of all instructions. The objects are whole without it too.
LTO ?= $(if $(SANITIZE),,$(if $(findstring gcc,$(notdir $(CC))),-flto=auto -ffat-lto-objects))
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes $(WERROR)
sanitizer := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined)
CFLAGS_ALL = -std=c11 $(OPTIMIZE) $(LTO) -g -fPIC -fvisibility=hidden $(WARNINGS) $(sanitizer) $(CPPFLAGS) $(CFLAGS)
LINK_ALL = $(sanitizer) $(LDFLAGS)
MODULE_FLAGS := $(if $(filter Darwin,$(shell uname)),-bundle -undefined dynamic_lookup,-shared)

TCP := $(BUILD)/libtcplab-tcp.a
LAB := $(BUILD)/libtcplab-lab.a
IO := $(BUILD)/libtcplab-io.a
CORE := $(BUILD)/lib/tcplab/core.so

.PHONY: made objects fuzzers benches soaks force
made: $(CORE) $(BUILD)/tcplab
objects: $(OBJECTS)
fuzzers: $(addprefix $(BUILD)/,$(FUZZERS))
benches: $(BENCHES)
soaks: $(SOAKS)
	@:

# Lua and libuv are shown to those alone that may see them: tcp and lab do not compile when an arrow points the wrong way.
$(BUILD)/obj/io/%.o: INCLUDES = $(UV_CFLAGS)
$(BUILD)/obj/lua/%.o: INCLUDES = $(LUA_CFLAGS)

$(BUILD)/obj/%.o: csrc/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo '  cc   $(BUILD) $<')
	$(Q)$(CC) $(CFLAGS_ALL) $(INCLUDES) -MMD -MP -c -o $@ $<

$(TCP): $(call objects_of,tcp)
$(LAB): $(call objects_of,lab)
$(IO): $(call objects_of,io)
$(TCP) $(LAB) $(IO): $(BUILD)/flags
	@rm -f $@
	$(if $(V),,@echo '  ar   $@')
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(CORE): $(call objects_of,lua) $(LAB) $(IO) $(TCP)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  link $@')
	$(Q)$(CC) $(OPTIMIZE) $(LTO) -fPIC $(MODULE_FLAGS) $(LINK_ALL) -o $@ $^ $(UV_LIBS)

$(BUILD)/tcplab: spec/tools/command.sh Makefile $(BUILD)/flags
	@sed 's|@UP@|$(if $(findstring /,$(BUILD)),../..,..)|; s|@LUA@|$(LUA)|' $< >$@.new
	@chmod +x $@.new && mv $@.new $@

# Changes when the compiler, its flags or the list of sources change, and with it all that was made from them.
$(BUILD)/flags: force
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS_ALL) $(LINK_ALL) $(UV_CFLAGS) $(LUA_CFLAGS) $(SOURCES)' | cmp -s - $@ || \
	  echo '$(CC) $(CFLAGS_ALL) $(LINK_ALL) $(UV_CFLAGS) $(LUA_CFLAGS) $(SOURCES)' >$@

$(BUILD)/bench/%: spec/bench/%.c $(LAB) $(TCP)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  link $@')
	$(Q)$(CC) $(CFLAGS_ALL) -Icsrc $(LINK_ALL) -MMD -MP -o $@ $< $(LAB) $(TCP)

$(BUILD)/soak/%: spec/soak/%.c $(SOAK_PARTS) $(SOAK_PARTS:.c=.h) $(LAB) $(TCP)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  link $@')
	$(Q)$(CC) $(CFLAGS_ALL) -fno-lto -Icsrc $(LINK_ALL) -o $@ $< $(SOAK_PARTS) $(LAB) $(TCP) -lm

$(addprefix $(BUILD)/,$(FUZZERS)): $(BUILD)/%: spec/fuzz/%.c $(LAB) $(TCP)
	$(if $(V),,@echo '  link $@')
	$(Q)$(CC) $(CFLAGS_ALL) -Icsrc -fsanitize=fuzzer,address,undefined -MMD -MP -o $@ $< $(LAB) $(TCP)

-include $(OBJECTS:.o=.d) $(BENCHES:=.d) $(addprefix $(BUILD)/,$(FUZZERS:=.d))
