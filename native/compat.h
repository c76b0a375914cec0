// Functions that moved into libc.so.6 with a new version in glibc 2.34 or later keep their old version here, so that
// one binary runs on GLIBC_2.28 and newer (`make check-glibc` proves it). musl has no symbol versions.
#ifndef HUTONG_COMPAT_H
#define HUTONG_COMPAT_H

#include <features.h>

#ifdef __GLIBC__
#if defined(__x86_64__)
#define HUTONG_BASE_VERSION "GLIBC_2.2.5"
#define HUTONG_VERSION_2_3_3 "GLIBC_2.3.3"
#define HUTONG_VERSION_2_12 "GLIBC_2.12"
#elif defined(__aarch64__)
#define HUTONG_BASE_VERSION "GLIBC_2.17"
#define HUTONG_VERSION_2_3_3 HUTONG_BASE_VERSION
#define HUTONG_VERSION_2_12 HUTONG_BASE_VERSION
#else
#error "hutong is built for x86-64 and arm64; name this architecture's first glibc version here"
#endif
#define HUTONG_SYMBOL(name, version) __asm__(".symver " #name "," #name "@" version)
#else
#define HUTONG_SYMBOL(name, version) struct hutong_no_symbol_versions
#endif
#define HUTONG_OLD_SYMBOL(name) HUTONG_SYMBOL(name, HUTONG_BASE_VERSION)

#endif
