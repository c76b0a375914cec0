// One operation over and over in one process, nobody else around. The same as bench/sides/single.ts.
// Arguments: OPERATION WARM_UP COUNT PATH; prints the nanoseconds of one. Each operation is a function that is called
// through a pointer, which costs C about one nanosecond each time.
#include "plan.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>

static pthread_mutex_t *mutex;
static sem_t *semaphore;
static int set, file;

static void lock_mutex(void) {
  if (pthread_mutex_lock(mutex) != 0 || pthread_mutex_unlock(mutex) != 0) fail("mutex");
}

static void post_posix(void) {
  if (sem_post(semaphore) < 0 || sem_wait(semaphore) < 0) fail("semaphore");
}

static void post_sysv(void) {
  struct sembuf up = {.sem_op = 1}, down = {.sem_op = -1};
  if (semop(set, &up, 1) < 0 || semop(set, &down, 1) < 0) fail("semop");
}

static void lock_whole(void) {
  if (flock(file, LOCK_EX) < 0 || flock(file, LOCK_UN) < 0) fail("flock");
}

static void lock_record(void) {
  struct flock record = {.l_type = F_WRLCK, .l_len = 1};
  if (fcntl(file, F_OFD_SETLKW, &record) < 0) fail("F_OFD_SETLKW");
  record.l_type = F_UNLCK;
  if (fcntl(file, F_OFD_SETLK, &record) < 0) fail("F_OFD_SETLK");
}

static void use_segment(void) {
  int id = shmget(IPC_PRIVATE, 4096, 0600);
  volatile unsigned char *bytes = shmat(id, NULL, 0);
  if (bytes == (void *)-1) fail("shmat");
  bytes[0] = 1;
  if (shmdt((void *)bytes) < 0 || shmctl(id, IPC_RMID, NULL) < 0) fail("shm");
}

static const struct {
  const char *name;
  void (*once)(void);
} operations[] = {
    {"mutex", lock_mutex}, {"posix-sem", post_posix},   {"sysv-sem", post_sysv},
    {"flock", lock_whole}, {"record-lock", lock_record}, {"sysv-shm", use_segment},
};

static void prepare(const char *path) {
  unsigned char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("mmap");
  mutex = (pthread_mutex_t *)memory;
  semaphore = (sem_t *)(memory + 128);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  if (pthread_mutex_init(mutex, &attributes) != 0 || sem_init(semaphore, 1, 0) < 0) fail("init");
  file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) fail(path);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  void (*once)(void) = NULL;
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
    if (strcmp(operations[i].name, argv[1]) == 0) once = operations[i].once;
  }
  if (once == NULL) return 2;
  prepare(argv[4]);
  set = semget(IPC_PRIVATE, 1, 0600);
  if (set < 0) fail("semget");
  unsigned long warm_up = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
  for (unsigned long i = 0; i < warm_up; i++) once();
  uint64_t start = now_ns();
  for (unsigned long i = 0; i < count; i++) once();
  printf("{\"nanoseconds\":%.3f}\n", (double)(now_ns() - start) / (double)count);
  semctl(set, 0, IPC_RMID);
  return 0;
}
