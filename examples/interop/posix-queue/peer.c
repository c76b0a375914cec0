// POSIX message queues: `answer NAME` or `ask NAME WORD...`. Link with -lrt before glibc 2.34.
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 8192, MESSAGES = 8 };

static mqd_t opened(const char *name, const char *suffix, int flags) {
  char whole[256];
  struct mq_attr size = {.mq_maxmsg = MESSAGES, .mq_msgsize = LONGEST};
  snprintf(whole, sizeof whole, "%s%s", name, suffix);
  mqd_t queue = mq_open(whole, flags, 0600, &size);
  if (queue < 0) err(1, "mq_open %s", whole);
  return queue;
}

static void send_text(mqd_t queue, const char *text, size_t length, unsigned priority) {
  if (mq_send(queue, text, length, priority) != 0) err(1, "mq_send");
}

static size_t receive(mqd_t queue, char *text, unsigned *priority) {
  ssize_t length = mq_receive(queue, text, LONGEST, priority);
  if (length < 0) err(1, "mq_receive");
  return (size_t)length;
}

static void answer(const char *name) {
  char text[LONGEST], whole[256];
  unsigned priority;
  mqd_t questions = opened(name, "", O_RDONLY | O_CREAT | O_EXCL);
  mqd_t answers = opened(name, "-answers", O_WRONLY | O_CREAT | O_EXCL);
  puts("ready");
  fflush(stdout);
  for (size_t length; (length = receive(questions, text, &priority)) > 0;) {
    for (size_t i = 0; i < length; i++) text[i] = (char)toupper((unsigned char)text[i]);
    send_text(answers, text, length, priority);
  }
  snprintf(whole, sizeof whole, "%s-answers", name);
  if (mq_unlink(name) != 0 || mq_unlink(whole) != 0) err(1, "mq_unlink");
}

static void ask(const char *name, char **words) {
  char text[LONGEST];
  unsigned priority;
  mqd_t questions = opened(name, "", O_WRONLY);
  mqd_t answers = opened(name, "-answers", O_RDONLY);
  for (unsigned i = 0; words[i] != NULL; i++) {
    send_text(questions, words[i], strlen(words[i]), i + 1);
    size_t length = receive(answers, text, &priority);
    printf("%u %.*s\n", priority, (int)length, text);
  }
  send_text(questions, "", 0, 0);
}

int main(int argc, char **argv) {
  if (argc < 3) errx(2, "usage: peer answer NAME | peer ask NAME WORD...");
  if (strcmp(argv[1], "answer") == 0) answer(argv[2]);
  else ask(argv[2], argv + 3);
  return 0;
}
