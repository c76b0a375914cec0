// A System V message queue: `answer KEY` or `ask KEY WORD...`
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>

enum { QUESTION = 1, ANSWER = 2, LONGEST = 8192 };
struct message {
  long type;
  char text[LONGEST];
};

static void send_text(int queue, long type, const char *text, size_t length) {
  struct message message = {.type = type};
  memcpy(message.text, text, length);
  if (msgsnd(queue, &message, length, 0) != 0) err(1, "msgsnd");
}

static ssize_t receive(int queue, long type, struct message *message) {
  ssize_t length = msgrcv(queue, message, LONGEST, type, 0);
  if (length < 0) err(1, "msgrcv");
  return length;
}

int main(int argc, char **argv) {
  if (argc < 3) errx(2, "usage: peer answer KEY | peer ask KEY WORD...");
  key_t key = (key_t)strtoul(argv[2], NULL, 0);
  struct message message;
  ssize_t length;
  if (strcmp(argv[1], "answer") == 0) {
    int queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (queue < 0) err(1, "msgget");
    puts("ready");
    fflush(stdout);
    while ((length = receive(queue, QUESTION, &message)) > 0) {
      for (ssize_t i = 0; i < length; i++) message.text[i] = (char)toupper((unsigned char)message.text[i]);
      send_text(queue, ANSWER, message.text, (size_t)length);
    }
    if (msgctl(queue, IPC_RMID, NULL) != 0) err(1, "msgctl");
  } else {
    int queue = msgget(key, 0);
    if (queue < 0) err(1, "msgget");
    for (int i = 3; i < argc; i++) {
      send_text(queue, QUESTION, argv[i], strlen(argv[i]));
      length = receive(queue, ANSWER, &message);
      printf("%.*s\n", (int)length, message.text);
    }
    send_text(queue, QUESTION, "", 0);
  }
  return 0;
}
