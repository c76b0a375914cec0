// An open file that travels through a Unix socket: `serve PATH` or `give PATH FILE`
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LONGEST = 4096 };
union control {
  struct cmsghdr aligned;
  char bytes[CMSG_SPACE(sizeof(int))];
};

static void send_file(int socket, int file) {
  struct iovec text = {"file", 4};
  union control control = {0};
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.aligned = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof file), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.aligned), &file, sizeof file);
  if (sendmsg(socket, &message, 0) < 0) err(1, "sendmsg");
}

static int receive_file(int socket) {
  char text[16];
  struct iovec part = {text, sizeof text};
  union control control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  int file;
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 0) err(1, "recvmsg");
  if (CMSG_FIRSTHDR(&message) == NULL) errx(1, "the client sent no file");
  memcpy(&file, CMSG_DATA(&control.aligned), sizeof file);
  return file;
}

static void serve(int own, const struct sockaddr_un *address) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  char content[LONGEST + 1] = "";
  if (bind(own, (const struct sockaddr *)address, sizeof *address) != 0 || listen(own, 1) != 0) err(1, "bind");
  puts("ready");
  fflush(stdout);
  int client = accept(own, NULL, NULL);
  if (client < 0 || getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) err(1, "accept");
  ssize_t got = read(receive_file(client), content, LONGEST);
  if (got < 0) err(1, "read");
  printf("process %d of user %d, group %d: %s\n", (int)peer.pid, (int)peer.uid, (int)peer.gid, content);
  for (ssize_t i = 0; i < got; i++) content[i] = (char)toupper((unsigned char)content[i]);
  if (write(client, content, (size_t)got) != got) err(1, "write");
  unlink(address->sun_path);
}

static void give(int own, const struct sockaddr_un *address, const char *path) {
  char answer[LONGEST + 1] = "";
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) err(1, "%s", path);
  if (connect(own, (const struct sockaddr *)address, sizeof *address) != 0) err(1, "connect");
  send_file(own, file);
  if (read(own, answer, LONGEST) < 0) err(1, "read");
  puts(answer);
}

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (argc < 3 || strlen(argv[2]) >= sizeof address.sun_path) errx(2, "usage: peer serve PATH | peer give PATH FILE");
  strcpy(address.sun_path, argv[2]);
  int own = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (own < 0) err(1, "socket");
  if (strcmp(argv[1], "serve") == 0) serve(own, &address);
  else give(own, &address, argc > 3 ? argv[3] : "");
  return 0;
}
