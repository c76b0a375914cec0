// System calls without libc's wrapper, for the calls that are made a million times a second: in a process with threads,
// glibc makes read and write cancellation points, which costs a fifth of a pipe's transfer.
#ifndef HUTONG_RAW_H
#define HUTONG_RAW_H

#include <sys/syscall.h>

// `>= 0` or `-errno`. Arguments that the call does not take are ignored.
static inline long raw_syscall5(long number, long a0, long a1, long a2, long a3, long a4) {
#if defined(__x86_64__)
  long given;
  register long r10 __asm__("r10") = a3;
  register long r8 __asm__("r8") = a4;
  __asm__ volatile("syscall"
                   : "=a"(given)
                   : "0"(number), "D"(a0), "S"(a1), "d"(a2), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return given;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a0;
  register long x1 __asm__("x1") = a1;
  register long x2 __asm__("x2") = a2;
  register long x3 __asm__("x3") = a3;
  register long x4 __asm__("x4") = a4;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
#else
#error "raw_syscall5 needs a line of assembly for this architecture"
#endif
}

// `>= 0` or `-errno`.
static inline long raw_syscall3(long number, long a0, long a1, long a2) {
#if defined(__x86_64__)
  long given;
  __asm__ volatile("syscall" : "=a"(given) : "0"(number), "D"(a0), "S"(a1), "d"(a2) : "rcx", "r11", "memory");
  return given;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a0;
  register long x1 __asm__("x1") = a1;
  register long x2 __asm__("x2") = a2;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
#else
#error "raw_syscall3 needs a line of assembly for this architecture"
#endif
}

#endif
