#!/usr/bin/env perl
# POSIX shared memory: `ask NAME TEXT` or `answer NAME`. The object is a file in /dev/shm, which Perl reads and writes.
use strict;
use warnings;
use Fcntl qw(O_RDWR O_CREAT O_EXCL);
use Time::HiRes qw(sleep);

my ($ASKED, $ANSWERED, $TEXT, $SIZE) = (1, 2, 64, 4096);
my ($role, $name, $text) = @ARGV;
my $path = "/dev/shm$name";
sysopen my $file, $path, O_RDWR | ($role eq 'ask' ? O_CREAT | O_EXCL : 0), 0600 or die "$path: $!";

sub get {
    my ($at, $length) = @_;
    sysseek $file, $at, 0 and defined sysread $file, my $bytes, $length or die "read: $!";
    return $bytes;
}

sub put {
    my ($at, $bytes) = @_;
    sysseek $file, $at, 0 and syswrite $file, $bytes or die "write: $!";
}

sub until_turn {
    my ($value) = @_;
    sleep 0.001 until unpack('l', get(0, 4)) == $value;
}

$| = 1;
if ($role eq 'ask') {
    truncate $file, $SIZE or die "truncate: $!";
    put($TEXT, pack 'Z*', $text);
    put(0, pack 'l', $ASKED);
    print "ready\n";
    until_turn($ANSWERED);
    print unpack('Z*', get($TEXT, $SIZE - $TEXT)), "\n";
    unlink $path or die "unlink: $!";
} else {
    until_turn($ASKED);
    put($TEXT, pack 'Z*', uc unpack 'Z*', get($TEXT, $SIZE - $TEXT));
    put(0, pack 'l', $ANSWERED);
}
