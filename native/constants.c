// Constants of the kernel's interface, by their C names; src/sys/constant-names.ts gives them types.
#include "addon.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <linux/netlink.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the oldest headers this must build with (linux/memfd.h, linux/fcntl.h, asm-generic/mman-common.h).
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif
#ifndef SO_PEERPIDFD // Linux 6.5, the same on x86-64 and arm64
#define SO_PASSPIDFD 76
#define SO_PEERPIDFD 77
#endif
#ifndef IPC_INFO
#define IPC_INFO 3
#endif
#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif
#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif
#ifndef MSG_COPY
#define MSG_COPY 040000
#endif
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

void init_constants(napi_env env, napi_value exports) {
  static const struct constant constants[] = {
      // openat(2)
      {"O_RDONLY", O_RDONLY}, {"O_WRONLY", O_WRONLY}, {"O_RDWR", O_RDWR}, {"O_CREAT", O_CREAT},
      {"O_EXCL", O_EXCL}, {"O_TRUNC", O_TRUNC}, {"O_APPEND", O_APPEND}, {"O_NONBLOCK", O_NONBLOCK},
      {"O_CLOEXEC", O_CLOEXEC}, {"O_DIRECT", O_DIRECT}, {"O_NOFOLLOW", O_NOFOLLOW}, {"O_PATH", O_PATH},
      {"O_ACCMODE", O_ACCMODE}, {"AT_FDCWD", AT_FDCWD}, {"AT_SYMLINK_NOFOLLOW", AT_SYMLINK_NOFOLLOW},
      {"AT_SYMLINK_FOLLOW", AT_SYMLINK_FOLLOW}, {"O_TMPFILE", O_TMPFILE},
      // fcntl(2)
      {"F_GETFD", F_GETFD}, {"F_SETFD", F_SETFD}, {"FD_CLOEXEC", FD_CLOEXEC}, {"F_GETFL", F_GETFL},
      {"F_SETFL", F_SETFL}, {"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC}, {"F_GETPIPE_SZ", F_GETPIPE_SZ},
      {"F_SETPIPE_SZ", F_SETPIPE_SZ}, {"F_ADD_SEALS", F_ADD_SEALS}, {"F_GET_SEALS", F_GET_SEALS},
      {"F_SEAL_SEAL", F_SEAL_SEAL}, {"F_SEAL_SHRINK", F_SEAL_SHRINK}, {"F_SEAL_GROW", F_SEAL_GROW},
      {"F_SEAL_WRITE", F_SEAL_WRITE}, {"F_SEAL_FUTURE_WRITE", F_SEAL_FUTURE_WRITE},
      {"F_SEAL_EXEC", F_SEAL_EXEC}, {"F_SETLEASE", F_SETLEASE}, {"F_SETSIG", F_SETSIG}, {"F_WRLCK", F_WRLCK}, {"F_UNLCK", F_UNLCK},
      // flock(2), fcntl_locking(2)
      {"LOCK_SH", LOCK_SH}, {"LOCK_EX", LOCK_EX}, {"LOCK_UN", LOCK_UN}, {"LOCK_NB", LOCK_NB},
      {"F_RDLCK", F_RDLCK}, {"F_OFD_GETLK", F_OFD_GETLK}, {"F_OFD_SETLK", F_OFD_SETLK},
      {"F_OFD_SETLKW", F_OFD_SETLKW}, {"SYS_flock", SYS_flock}, {"SYS_fcntl", SYS_fcntl},
      // poll(2)
      {"POLLIN", POLLIN}, {"POLLOUT", POLLOUT}, {"POLLERR", POLLERR}, {"POLLHUP", POLLHUP},
      {"POLLNVAL", POLLNVAL}, {"POLLRDHUP", POLLRDHUP},
      // splice(2), pipe(7)
      {"SPLICE_F_MOVE", SPLICE_F_MOVE}, {"SPLICE_F_NONBLOCK", SPLICE_F_NONBLOCK},
      {"SPLICE_F_MORE", SPLICE_F_MORE}, {"SPLICE_F_GIFT", SPLICE_F_GIFT}, {"PIPE_BUF", PIPE_BUF},
      // fallocate(2)
      {"FALLOC_FL_KEEP_SIZE", FALLOC_FL_KEEP_SIZE}, {"FALLOC_FL_PUNCH_HOLE", FALLOC_FL_PUNCH_HOLE},
      // mmap(2)
      {"PROT_NONE", PROT_NONE}, {"PROT_READ", PROT_READ}, {"PROT_WRITE", PROT_WRITE},
      {"MAP_SHARED", MAP_SHARED}, {"MAP_PRIVATE", MAP_PRIVATE}, {"MAP_ANONYMOUS", MAP_ANONYMOUS},
      {"MAP_NORESERVE", MAP_NORESERVE}, {"MAP_POPULATE", MAP_POPULATE}, {"MAP_HUGETLB", MAP_HUGETLB},
      {"MAP_LOCKED", MAP_LOCKED}, {"MS_SYNC", MS_SYNC}, {"MS_ASYNC", MS_ASYNC},
      {"MS_INVALIDATE", MS_INVALIDATE}, {"MAP_HUGE_2MB", 21 << MAP_HUGE_SHIFT},
      {"MAP_HUGE_1GB", 30 << MAP_HUGE_SHIFT},
      // madvise(2)
      {"MADV_NORMAL", MADV_NORMAL}, {"MADV_RANDOM", MADV_RANDOM}, {"MADV_SEQUENTIAL", MADV_SEQUENTIAL},
      {"MADV_WILLNEED", MADV_WILLNEED}, {"MADV_DONTNEED", MADV_DONTNEED}, {"MADV_REMOVE", MADV_REMOVE},
      {"MADV_HUGEPAGE", MADV_HUGEPAGE}, {"MADV_NOHUGEPAGE", MADV_NOHUGEPAGE},
      {"MADV_DONTDUMP", MADV_DONTDUMP}, {"MADV_DODUMP", MADV_DODUMP},
      {"MADV_POPULATE_READ", MADV_POPULATE_READ}, {"MADV_POPULATE_WRITE", MADV_POPULATE_WRITE},
      {"MADV_COLD", MADV_COLD}, {"MADV_PAGEOUT", MADV_PAGEOUT},
      // memfd_create(2)
      {"MFD_CLOEXEC", MFD_CLOEXEC}, {"MFD_ALLOW_SEALING", MFD_ALLOW_SEALING}, {"MFD_HUGETLB", MFD_HUGETLB},
      {"MFD_NOEXEC_SEAL", MFD_NOEXEC_SEAL}, {"MFD_EXEC", MFD_EXEC},
      // futex(2)
      {"FUTEX_WAIT", FUTEX_WAIT}, {"FUTEX_WAKE", FUTEX_WAKE}, {"FUTEX_WAITERS", FUTEX_WAITERS},
      {"FUTEX_OWNER_DIED", FUTEX_OWNER_DIED}, {"FUTEX_TID_MASK", FUTEX_TID_MASK},
      // socket(2), unix(7), send(2), recv(2)
      {"AF_UNIX", AF_UNIX}, {"AF_INET", AF_INET}, {"IPPROTO_TCP", IPPROTO_TCP}, {"TCP_NODELAY", TCP_NODELAY}, {"SOCK_STREAM", SOCK_STREAM}, {"SOCK_DGRAM", SOCK_DGRAM},
      {"SOCK_SEQPACKET", SOCK_SEQPACKET}, {"SOCK_CLOEXEC", SOCK_CLOEXEC}, {"SOCK_NONBLOCK", SOCK_NONBLOCK},
      {"SOL_SOCKET", SOL_SOCKET}, {"SO_PASSCRED", SO_PASSCRED}, {"SO_PEERCRED", SO_PEERCRED},
      {"SO_SNDBUF", SO_SNDBUF}, {"SO_RCVBUF", SO_RCVBUF}, {"SO_SNDTIMEO", SO_SNDTIMEO}, {"SO_SNDBUFFORCE", SO_SNDBUFFORCE},
      {"SO_RCVBUFFORCE", SO_RCVBUFFORCE}, {"SO_ERROR", SO_ERROR}, {"SO_TYPE", SO_TYPE},
      {"SO_ACCEPTCONN", SO_ACCEPTCONN}, {"SO_DOMAIN", SO_DOMAIN}, {"SO_PEERGROUPS", SO_PEERGROUPS},
      {"SO_PEERSEC", SO_PEERSEC}, {"SO_PEERPIDFD", SO_PEERPIDFD}, {"SO_PASSPIDFD", SO_PASSPIDFD},
      {"SHUT_RD", SHUT_RD}, {"SHUT_WR", SHUT_WR}, {"SHUT_RDWR", SHUT_RDWR}, {"MSG_DONTWAIT", MSG_DONTWAIT},
      {"MSG_NOSIGNAL", MSG_NOSIGNAL}, {"MSG_TRUNC", MSG_TRUNC}, {"MSG_CTRUNC", MSG_CTRUNC},
      {"MSG_PEEK", MSG_PEEK}, {"MSG_EOR", MSG_EOR}, {"MSG_WAITALL", MSG_WAITALL},
      {"MSG_WAITFORONE", MSG_WAITFORONE},
      {"MSG_CMSG_CLOEXEC", MSG_CMSG_CLOEXEC},
      // mq_notify(2)
      {"SIGEV_NONE", SIGEV_NONE}, {"SIGEV_SIGNAL", SIGEV_SIGNAL}, {"SIGEV_THREAD", SIGEV_THREAD},
      {"AF_NETLINK", AF_NETLINK}, {"NETLINK_ROUTE", NETLINK_ROUTE}, {"SOCK_RAW", SOCK_RAW},
      // epoll(7)
      {"EPOLL_CLOEXEC", EPOLL_CLOEXEC}, {"EPOLL_CTL_ADD", EPOLL_CTL_ADD}, {"EPOLL_CTL_DEL", EPOLL_CTL_DEL},
      {"EPOLL_CTL_MOD", EPOLL_CTL_MOD}, {"EPOLLIN", EPOLLIN}, {"EPOLLOUT", EPOLLOUT},
      // eventfd(2)
      {"EFD_CLOEXEC", EFD_CLOEXEC}, {"EFD_NONBLOCK", EFD_NONBLOCK}, {"EFD_SEMAPHORE", EFD_SEMAPHORE},
      // signalfd(2), timer_create(2), setitimer(2)
      {"SFD_CLOEXEC", SFD_CLOEXEC}, {"SFD_NONBLOCK", SFD_NONBLOCK}, {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
      {"CLOCK_REALTIME", CLOCK_REALTIME}, {"CLOCK_BOOTTIME", CLOCK_BOOTTIME}, {"ITIMER_REAL", ITIMER_REAL},
      {"ITIMER_VIRTUAL", ITIMER_VIRTUAL}, {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
      // sysvipc(7), msgget(2), msgop(2), msgctl(2)
      {"IPC_PRIVATE", IPC_PRIVATE}, {"IPC_CREAT", IPC_CREAT}, {"IPC_EXCL", IPC_EXCL}, {"IPC_NOWAIT", IPC_NOWAIT},
      {"IPC_RMID", IPC_RMID}, {"IPC_SET", IPC_SET}, {"IPC_STAT", IPC_STAT}, {"IPC_INFO", IPC_INFO},
      {"MSG_NOERROR", MSG_NOERROR}, {"MSG_EXCEPT", MSG_EXCEPT}, {"MSG_COPY", MSG_COPY},
      {"MSG_INFO", MSG_INFO}, {"MSG_STAT_ANY", MSG_STAT_ANY},
      // semop(2), semctl(2)
      {"SEM_UNDO", SEM_UNDO}, {"GETPID", GETPID}, {"GETVAL", GETVAL}, {"GETALL", GETALL}, {"GETNCNT", GETNCNT},
      {"GETZCNT", GETZCNT}, {"SETVAL", SETVAL}, {"SETALL", SETALL}, {"SEM_INFO", SEM_INFO},
      {"SEM_STAT_ANY", SEM_STAT_ANY},
      // shmget(2), shmop(2), shmctl(2)
      {"SHM_HUGETLB", SHM_HUGETLB}, {"SHM_NORESERVE", SHM_NORESERVE}, {"SHM_RDONLY", SHM_RDONLY},
      {"SHM_LOCK", SHM_LOCK}, {"SHM_UNLOCK", SHM_UNLOCK}, {"SHM_DEST", SHM_DEST}, {"SHM_LOCKED", SHM_LOCKED},
      {"SHM_INFO", SHM_INFO}, {"SHM_STAT_ANY", SHM_STAT_ANY},
      // syscall(2): the numbers that waiting threads use
      {"SYS_openat", SYS_openat}, {"SYS_read", SYS_read}, {"SYS_write", SYS_write},
      {"SYS_splice", SYS_splice}, {"SYS_ppoll", SYS_ppoll}, {"SYS_msync", SYS_msync},
      {"SYS_futex", SYS_futex}, {"SYS_connect", SYS_connect},
      // proc_pid_syscall(5): calls in which a thread may be found asleep
      {"SYS_msgsnd", SYS_msgsnd}, {"SYS_msgrcv", SYS_msgrcv}, {"SYS_semop", SYS_semop}, {"SYS_semtimedop", SYS_semtimedop},
      {"SYS_mq_timedsend", SYS_mq_timedsend}, {"SYS_mq_timedreceive", SYS_mq_timedreceive},
      // fsopen(2), fsconfig(2), fsmount(2); linux/mount.h and sys/mount.h cannot be included together
      {"FSOPEN_CLOEXEC", 1}, {"FSCONFIG_CMD_CREATE", 6}, {"FSMOUNT_CLOEXEC", 1}, {"MOUNT_ATTR_RDONLY", 1},
  };
  napi_value names = NULL;
  napi_create_object(env, &names);
  define_constants(env, names, constants, COUNT(constants));
  define_value(env, exports, "constants", names);
}
