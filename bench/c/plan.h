// What one side of a trial is told on its command line, and what it says when it has finished.
// The same as bench/sides/plan.ts.
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// ROLE MECHANISM SIZE WARM_UP COUNT EXTRA; EXTRA is where the two sides meet, in the words of each mechanism.
struct plan {
  const char *role, *mechanism, *extra;
  size_t size;
  uint32_t warm_up, count;
};

static inline struct plan take_plan(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: %s ROLE MECHANISM SIZE WARM_UP COUNT EXTRA\n", argv[0]);
    exit(2);
  }
  return (struct plan){.role = argv[1],
                       .mechanism = argv[2],
                       .extra = argv[6],
                       .size = strtoul(argv[3], NULL, 10),
                       .warm_up = (uint32_t)strtoul(argv[4], NULL, 10),
                       .count = (uint32_t)strtoul(argv[5], NULL, 10)};
}

// The side that opens `there` for writing: the sender, or the caller of a round trip.
static inline int speaks_first(const struct plan *plan) {
  return strcmp(plan->role, "sender") == 0 || strcmp(plan->role, "caller") == 0;
}

static inline _Noreturn void fail(const char *what) {
  perror(what);
  exit(1);
}

static inline uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// The kernel's own count of this process's read and write calls, or -1 where it keeps none (proc_pid_io(5)).
static inline int64_t count_calls(void) {
  FILE *io = fopen("/proc/self/io", "r");
  if (io == NULL) return -1;
  long long reads = 0, writes = 0;
  int taken = fscanf(io, "rchar: %*d wchar: %*d syscr: %lld syscw: %lld", &reads, &writes);
  fclose(io);
  return taken == 2 ? reads + writes : -1;
}

static inline void report(uint64_t nanoseconds, int64_t calls) {
  printf("{\"nanoseconds\":%llu,\"calls\":%lld}\n", (unsigned long long)nanoseconds, (long long)calls);
}

#endif
