// A channel in shared memory, with hutong.ts on the other side: `ask PATH WORD...`, which answers in capitals.
#include "../../../include/hutong/channel.h"

#include <stdio.h>
#include <stdlib.h>

static void must(long result, const char *call) {
  if (result >= 0) return;
  fprintf(stderr, "%s: %s\n", call, strerror((int)-result));
  exit(1);
}

int main(int argc, char **argv) {
  struct hutong_channel channel;
  char answer[65536];
  if (argc < 3 || strcmp(argv[1], "ask") != 0) return 2;
  must(hutong_channel_connect(&channel, argv[2], "bytes"), "connect");
  for (int i = 3; i < argc; i++) {
    must(hutong_channel_send(&channel, argv[i], (uint32_t)strlen(argv[i])), "send");
    long length = hutong_channel_receive(&channel, answer, sizeof answer);
    must(length, "receive");
    printf("%.*s\n", (int)length, answer);
  }
  hutong_channel_close(&channel);
}
