#!/usr/bin/env perl
# POSIX message queues: `answer NAME` or `ask NAME WORD...`. Needs FFI::Platypus (Debian: libffi-platypus-perl).
use strict;
use warnings;
use Fcntl qw(O_RDONLY O_WRONLY O_CREAT O_EXCL);
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer qw(scalar_to_buffer);

my ($LONGEST, $MESSAGES) = (8192, 8);
my $ffi = FFI::Platypus->new(api => 2);
$ffi->lib(undef);
$ffi->lib('librt.so.1') unless $ffi->find_symbol('mq_open');    # glibc before 2.34
$ffi->attach(mq_open => ['string', 'int', 'unsigned int', 'opaque'] => 'int');
$ffi->attach(mq_send => ['int', 'opaque', 'size_t', 'unsigned int'] => 'int');
$ffi->attach(mq_receive => ['int', 'opaque', 'size_t', 'unsigned int *'] => 'ssize_t');
$ffi->attach(mq_unlink => ['string'] => 'int');

sub opened {
    my ($name, $flags) = @_;
    my $attributes = pack 'l!8', 0, $MESSAGES, $LONGEST;
    my ($address) = scalar_to_buffer $attributes;
    my $queue = mq_open($name, $flags, 0600, $address);
    $queue >= 0 or die "mq_open $name: $!";
    return $queue;
}

sub send_text {
    my ($queue, $text, $priority) = @_;
    my ($address, $length) = scalar_to_buffer $text;
    mq_send($queue, $address, $length, $priority) == 0 or die "mq_send: $!";
}

sub receive {
    my ($queue) = @_;
    my ($text, $priority) = ("\0" x $LONGEST, 0);
    my ($address) = scalar_to_buffer $text;
    my $length = mq_receive($queue, $address, $LONGEST, \$priority);
    $length >= 0 or die "mq_receive: $!";
    return (substr($text, 0, $length), $priority);
}

my ($role, $name, @words) = @ARGV;
$| = 1;
if ($role eq 'answer') {
    my $questions = opened($name, O_RDONLY | O_CREAT | O_EXCL);
    my $answers = opened("$name-answers", O_WRONLY | O_CREAT | O_EXCL);
    print "ready\n";
    while (1) {
        my ($text, $priority) = receive($questions);
        last if $text eq '';
        send_text($answers, uc $text, $priority);
    }
    for my $queue ($name, "$name-answers") {
        mq_unlink($queue) == 0 or die "mq_unlink: $!";
    }
} else {
    my $questions = opened($name, O_WRONLY);
    my $answers = opened("$name-answers", O_RDONLY);
    my $sent = 0;
    for my $word (@words) {
        send_text($questions, $word, ++$sent);
        my ($text, $priority) = receive($answers);
        print "$priority $text\n";
    }
    send_text($questions, '', 0);
}
