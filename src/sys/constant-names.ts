// Which of the kernel's constants there are, by their C names.

export interface Constants {
  // openat(2)
  readonly O_RDONLY: number
  readonly O_WRONLY: number
  readonly O_RDWR: number
  readonly O_CREAT: number
  readonly O_EXCL: number
  readonly O_TRUNC: number
  readonly O_APPEND: number
  readonly O_NONBLOCK: number
  readonly O_CLOEXEC: number
  readonly O_DIRECT: number
  readonly O_NOFOLLOW: number
  readonly O_PATH: number
  readonly O_ACCMODE: number
  readonly AT_FDCWD: number
  readonly AT_SYMLINK_NOFOLLOW: number
  readonly AT_SYMLINK_FOLLOW: number
  readonly O_TMPFILE: number
  // fcntl(2)
  readonly F_GETFD: number
  readonly F_SETFD: number
  readonly FD_CLOEXEC: number
  readonly F_GETFL: number
  readonly F_SETFL: number
  readonly F_DUPFD_CLOEXEC: number
  readonly F_GETPIPE_SZ: number
  readonly F_SETPIPE_SZ: number
  readonly F_ADD_SEALS: number
  readonly F_GET_SEALS: number
  readonly F_SEAL_SEAL: number
  readonly F_SEAL_SHRINK: number
  readonly F_SEAL_GROW: number
  readonly F_SEAL_WRITE: number
  readonly F_SEAL_FUTURE_WRITE: number
  readonly F_SEAL_EXEC: number
  readonly F_SETLEASE: number
  readonly F_SETSIG: number
  readonly F_WRLCK: number
  readonly F_UNLCK: number
  // poll(2)
  readonly POLLIN: number
  readonly POLLOUT: number
  readonly POLLERR: number
  readonly POLLHUP: number
  readonly POLLNVAL: number
  readonly POLLRDHUP: number
  // splice(2), pipe(7)
  readonly SPLICE_F_MOVE: number
  readonly SPLICE_F_NONBLOCK: number
  readonly SPLICE_F_MORE: number
  readonly SPLICE_F_GIFT: number
  readonly PIPE_BUF: number
  // fallocate(2)
  readonly FALLOC_FL_KEEP_SIZE: number
  readonly FALLOC_FL_PUNCH_HOLE: number
  // mmap(2)
  readonly PROT_NONE: number
  readonly PROT_READ: number
  readonly PROT_WRITE: number
  readonly MAP_SHARED: number
  readonly MAP_PRIVATE: number
  readonly MAP_ANONYMOUS: number
  readonly MAP_NORESERVE: number
  readonly MAP_POPULATE: number
  readonly MAP_HUGETLB: number
  readonly MAP_LOCKED: number
  readonly MS_SYNC: number
  readonly MS_ASYNC: number
  readonly MS_INVALIDATE: number
  readonly MAP_HUGE_2MB: number
  readonly MAP_HUGE_1GB: number
  // madvise(2)
  readonly MADV_NORMAL: number
  readonly MADV_RANDOM: number
  readonly MADV_SEQUENTIAL: number
  readonly MADV_WILLNEED: number
  readonly MADV_DONTNEED: number
  readonly MADV_REMOVE: number
  readonly MADV_HUGEPAGE: number
  readonly MADV_NOHUGEPAGE: number
  readonly MADV_DONTDUMP: number
  readonly MADV_DODUMP: number
  readonly MADV_POPULATE_READ: number
  readonly MADV_POPULATE_WRITE: number
  readonly MADV_COLD: number
  readonly MADV_PAGEOUT: number
  // memfd_create(2)
  readonly MFD_CLOEXEC: number
  readonly MFD_ALLOW_SEALING: number
  readonly MFD_HUGETLB: number
  readonly MFD_NOEXEC_SEAL: number
  readonly MFD_EXEC: number
  // futex(2)
  readonly FUTEX_WAIT: number
  readonly FUTEX_WAKE: number
  readonly FUTEX_WAITERS: number
  readonly FUTEX_OWNER_DIED: number
  readonly FUTEX_TID_MASK: number
  // socket(2), unix(7), send(2), recv(2)
  readonly AF_UNIX: number
  readonly SOCK_STREAM: number
  readonly SOCK_DGRAM: number
  readonly SOCK_SEQPACKET: number
  readonly SOCK_CLOEXEC: number
  readonly SOCK_NONBLOCK: number
  readonly SOL_SOCKET: number
  readonly SO_PASSCRED: number
  readonly SO_PEERCRED: number
  readonly SO_SNDBUF: number
  readonly SO_RCVBUF: number
  readonly SO_SNDTIMEO: number
  readonly SO_SNDBUFFORCE: number
  readonly SO_RCVBUFFORCE: number
  readonly SO_ERROR: number
  readonly SO_TYPE: number
  readonly SO_ACCEPTCONN: number
  readonly SO_DOMAIN: number
  readonly SO_PEERGROUPS: number
  readonly SO_PEERSEC: number
  readonly SO_PEERPIDFD: number
  readonly SO_PASSPIDFD: number
  readonly SHUT_RD: number
  readonly SHUT_WR: number
  readonly SHUT_RDWR: number
  readonly MSG_DONTWAIT: number
  readonly MSG_NOSIGNAL: number
  readonly MSG_TRUNC: number
  readonly MSG_CTRUNC: number
  readonly MSG_PEEK: number
  readonly MSG_EOR: number
  readonly MSG_WAITALL: number
  readonly MSG_CMSG_CLOEXEC: number
  // mq_notify(2)
  readonly SIGEV_NONE: number
  readonly SIGEV_SIGNAL: number
  readonly SIGEV_THREAD: number
  readonly AF_NETLINK: number
  readonly NETLINK_ROUTE: number
  readonly SOCK_RAW: number
  // epoll(7)
  readonly EPOLL_CLOEXEC: number
  readonly EPOLL_CTL_ADD: number
  readonly EPOLL_CTL_DEL: number
  readonly EPOLL_CTL_MOD: number
  readonly EPOLLIN: number
  readonly EPOLLOUT: number
  // eventfd(2)
  readonly EFD_CLOEXEC: number
  readonly EFD_NONBLOCK: number
  readonly EFD_SEMAPHORE: number
  // signalfd(2), timer_create(2), setitimer(2)
  readonly SFD_CLOEXEC: number
  readonly SFD_NONBLOCK: number
  readonly CLOCK_MONOTONIC: number
  readonly CLOCK_REALTIME: number
  readonly CLOCK_BOOTTIME: number
  readonly CLOCK_PROCESS_CPUTIME_ID: number
  readonly ITIMER_REAL: number
  readonly ITIMER_VIRTUAL: number
  // sysvipc(7), msgget(2), msgop(2), msgctl(2)
  readonly IPC_PRIVATE: number
  readonly IPC_CREAT: number
  readonly IPC_EXCL: number
  readonly IPC_NOWAIT: number
  readonly IPC_RMID: number
  readonly IPC_SET: number
  readonly IPC_STAT: number
  readonly IPC_INFO: number
  readonly MSG_NOERROR: number
  readonly MSG_EXCEPT: number
  readonly MSG_COPY: number
  readonly MSG_INFO: number
  readonly MSG_STAT_ANY: number
  // semop(2), semctl(2)
  readonly SEM_UNDO: number
  readonly GETPID: number
  readonly GETVAL: number
  readonly GETALL: number
  readonly GETNCNT: number
  readonly GETZCNT: number
  readonly SETVAL: number
  readonly SETALL: number
  readonly SEM_INFO: number
  readonly SEM_STAT_ANY: number
  // shmget(2), shmop(2), shmctl(2)
  readonly SHM_HUGETLB: number
  readonly SHM_NORESERVE: number
  readonly SHM_RDONLY: number
  readonly SHM_LOCK: number
  readonly SHM_UNLOCK: number
  readonly SHM_DEST: number
  readonly SHM_LOCKED: number
  readonly SHM_INFO: number
  readonly SHM_STAT_ANY: number
  // syscall(2): the numbers that waiting threads use
  readonly SYS_openat: number
  readonly SYS_read: number
  readonly SYS_write: number
  readonly SYS_splice: number
  readonly SYS_ppoll: number
  readonly SYS_msync: number
  readonly SYS_futex: number
  readonly SYS_connect: number
  // proc_pid_syscall(5): calls in which a thread may be found asleep
  readonly SYS_msgsnd: number
  readonly SYS_msgrcv: number
  readonly SYS_semop: number
  readonly SYS_semtimedop: number
  readonly SYS_mq_timedsend: number
  readonly SYS_mq_timedreceive: number
  // fsopen(2), fsconfig(2), fsmount(2)
  readonly FSOPEN_CLOEXEC: number
  readonly FSCONFIG_CMD_CREATE: number
  readonly FSMOUNT_CLOEXEC: number
  readonly MOUNT_ATTR_RDONLY: number
}
