# Builds the addon. `make` for the libc at hand, `make CC=musl-gcc LIBC=musl` for musl, `make SANITIZE=1` with
# ASan and UBSan, `make check-glibc` to see that no symbol is newer than the oldest glibc we serve.
LIBC     ?= glibc
ARCH     ?= $(patsubst x86_64,x64,$(patsubst aarch64,arm64,$(shell uname -m)))
ADDON    := prebuilds/linux-$(ARCH)-$(LIBC)/hutong.node
HEADERS  := node_modules/node-api-headers/include
OLDEST   := 2.28

SOURCES  := $(wildcard native/*.c)
OBJECTS  := $(SOURCES:native/%.c=build/native/$(ARCH)-$(LIBC)/%.o)

CFLAGS   ?= -O2
# -z nodelete: Node unloads an addon that only a worker had loaded, under the feet of our threads and handlers.
ALL_CFLAGS  := -std=c17 -D_GNU_SOURCE -DNAPI_VERSION=9 -fPIC -fvisibility=hidden -Wall -Wextra -Wshadow -Wvla -Werror -I$(HEADERS) $(CFLAGS)
ALL_LDFLAGS := -shared -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now -pthread $(LDFLAGS)

# The kernel's headers, which musl-gcc does not look for; musl's own come first.
ifeq ($(LIBC),musl)
ALL_CFLAGS  += -idirafter /usr/include -idirafter /usr/include/$(shell uname -m)-linux-gnu
endif

ifdef SANITIZE
ADDON       := build/sanitized/hutong.node
OBJECTS     := $(SOURCES:native/%.c=build/sanitized/%.o)
ALL_CFLAGS  += -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -DHUTONG_SANITIZED
ALL_LDFLAGS += -fsanitize=address,undefined
endif

$(ADDON): $(OBJECTS)
	@mkdir -p $(@D)
	$(CC) -o $@ $^ $(ALL_LDFLAGS)

$(OBJECTS): $(dir $(firstword $(OBJECTS)))%.o: native/%.c $(wildcard native/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

check-glibc: $(ADDON)
	@newest=$$(objdump -T $(ADDON) | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1); \
	highest=$$(printf '%s\n' $$newest GLIBC_$(OLDEST) | sort -V | tail -1); \
	echo "newest symbol version: $$newest (allowed: GLIBC_$(OLDEST))"; \
	test "$$highest" = GLIBC_$(OLDEST)

clean:
	rm -rf build dist prebuilds

.PHONY: check-glibc clean
