// A topic that hutong.ts publishes: `subscribe PATH` prints every message until the end, then how many were lost.
#include "../../../include/hutong/topic.h"

#include <stdio.h>

int main(int argc, char **argv) {
  struct hutong_topic topic;
  char message[65536];
  long length;
  if (argc < 3 || strcmp(argv[1], "subscribe") != 0) return 2;
  int error = hutong_topic_subscribe(&topic, argv[2], "bytes");
  if (error != 0) {
    fprintf(stderr, "subscribe: %s\n", strerror(-error));
    return 1;
  }
  puts("ready");
  fflush(stdout);
  while ((length = hutong_topic_receive(&topic, message, sizeof message)) >= 0) printf("%.*s\n", (int)length, message);
  printf("lost %llu\n", (unsigned long long)topic.lost);
  hutong_topic_close(&topic);
  if (length == -EPIPE) return 0;
  fprintf(stderr, "receive: %s\n", strerror((int)-length));
  return 1;
}
