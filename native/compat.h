// Functions that moved into libc.so.6 with a new version in glibc 2.34 or later keep their old version here, so that
// one binary runs on GLIBC_2.28 and newer (`make check-glibc` proves it). musl has no symbol versions.
#ifndef HUTONG_COMPAT_H
#define HUTONG_COMPAT_H

#include <features.h>

#ifdef __GLIBC__
#if defined(__x86_64__)
#define HUTONG_BASE_VERSION "GLIBC_2.2.5"
#define HUTONG_VERSION_2_12 "GLIBC_2.12"
#elif defined(__aarch64__)
#define HUTONG_BASE_VERSION "GLIBC_2.17"
#define HUTONG_VERSION_2_12 HUTONG_BASE_VERSION
#else
#error "hutong is built for x86-64 and arm64; name this architecture's first glibc version here"
#endif
#define HUTONG_OLD_SYMBOL(name) __asm__(".symver " #name "," #name "@" HUTONG_BASE_VERSION)
#define HUTONG_SYMBOL_2_12(name) __asm__(".symver " #name "," #name "@" HUTONG_VERSION_2_12) // came with 2.12
#else
#define HUTONG_SYMBOL_2_12(name) struct hutong_no_symbol_versions
#define HUTONG_OLD_SYMBOL(name) struct hutong_no_symbol_versions
#endif

#endif
