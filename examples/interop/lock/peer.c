/* A mutex and a read-write lock, shared with hutong.ts: `leave NAME ROUNDS` or `take NAME ROUNDS`
 * Build: cc -o peer -I../../../include peer.c -pthread */
#include <hutong/rwlock.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct shared {
  _Atomic int come;
  int first, second, half;
  char unused[48];
  pthread_mutex_t mutex; /* at 64 */
  char more[64 - sizeof(pthread_mutex_t)];
  struct hutong_rwlock rwlock; /* at 128 */
};

static void die(const char *what, int error) {
  fprintf(stderr, "%s: %s\n", what, strerror(error));
  exit(1);
}

static void must(int error, const char *what) {
  if (error != 0) die(what, error);
}

static struct shared *map(const char *name, int flags) {
  int fd = shm_open(name, flags, 0600);
  if (fd < 0 || (flags & O_CREAT && ftruncate(fd, 4096) != 0)) die(name, errno);
  void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) die("mmap", errno);
  close(fd);
  return memory;
}

static void initialize(struct shared *shared) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  must(pthread_mutex_init(&shared->mutex, &attributes), "pthread_mutex_init");
  must(hutong_rwlock_init(&shared->rwlock, 4), "hutong_rwlock_init");
}

static void add(struct shared *shared, int times) {
  for (int round = 0; round < times; round++) {
    must(pthread_mutex_lock(&shared->mutex), "pthread_mutex_lock");
    shared->first++;
    pthread_mutex_unlock(&shared->mutex);
    must(hutong_rwlock_write(&shared->rwlock), "hutong_rwlock_write");
    shared->second++;
    hutong_rwlock_write_unlock(&shared->rwlock);
  }
}

static void take(struct shared *shared) {
  int error;
  uint32_t slot;
  while ((error = pthread_mutex_lock(&shared->mutex)) == 0) {
    pthread_mutex_unlock(&shared->mutex);
    usleep(1000);
  }
  if (error != EOWNERDEAD) die("pthread_mutex_lock", error);
  must(hutong_rwlock_read(&shared->rwlock, &slot), "hutong_rwlock_read");
  printf("%d %d, left half done: %d\n", shared->first, shared->second, shared->half);
  hutong_rwlock_read_unlock(&shared->rwlock, slot);
  pthread_mutex_consistent(&shared->mutex);
  pthread_mutex_unlock(&shared->mutex);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int leaves = strcmp(argv[1], "leave") == 0;
  struct shared *shared = map(argv[2], leaves ? O_RDWR | O_CREAT | O_EXCL : O_RDWR);
  if (leaves) {
    initialize(shared);
    puts("ready");
    fflush(stdout);
    while (shared->come == 0) usleep(1000);
    shm_unlink(argv[2]);
  } else {
    must(hutong_rwlock_check(&shared->rwlock, 4096 - offsetof(struct shared, rwlock)), "hutong_rwlock_check");
    shared->come = 1;
  }
  add(shared, atoi(argv[3]));
  if (!leaves) {
    shared->come = 2;
    take(shared);
    return 0;
  }
  while (shared->come == 1) usleep(1000);
  must(pthread_mutex_lock(&shared->mutex), "pthread_mutex_lock");
  shared->half = 1;
  return 0; /* and leaves the mutex locked */
}
