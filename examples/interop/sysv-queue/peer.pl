#!/usr/bin/env perl
# A System V message queue: `answer KEY` or `ask KEY WORD...`
use strict;
use warnings;
use IPC::SysV qw(IPC_CREAT IPC_EXCL IPC_RMID);

my ($QUESTION, $ANSWER, $LONGEST) = (1, 2, 8192);
my ($role, $key, @words) = @ARGV;
$key = unpack 'l', pack 'L', oct $key;    # key_t has a sign
my $queue;

sub send_text {
    my ($type, $text) = @_;
    msgsnd $queue, pack('l! a*', $type, $text), 0 or die "msgsnd: $!";
}

sub receive {
    my ($type) = @_;
    my $message = '';
    defined msgrcv $queue, $message, $LONGEST, $type, 0 or die "msgrcv: $!";
    return (unpack 'l! a*', $message)[1];
}

$| = 1;
if ($role eq 'answer') {
    $queue = msgget $key, IPC_CREAT | IPC_EXCL | 0600;
    defined $queue or die "msgget: $!";
    print "ready\n";
    while ((my $text = receive($QUESTION)) ne '') {
        send_text($ANSWER, uc $text);
    }
    msgctl $queue, IPC_RMID, 0 or die "msgctl: $!";
} else {
    $queue = msgget $key, 0;
    defined $queue or die "msgget: $!";
    for my $word (@words) {
        send_text($QUESTION, $word);
        print receive($ANSWER), "\n";
    }
    send_text($QUESTION, '');
}
