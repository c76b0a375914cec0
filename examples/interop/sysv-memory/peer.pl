#!/usr/bin/env perl
# System V shared memory: `ask KEY TEXT` or `answer KEY`
use strict;
use warnings;
use IPC::SysV qw(IPC_CREAT IPC_EXCL IPC_RMID);

my ($ASKED, $ANSWERED, $SIZE) = (1, 2, 4096);
my ($role, $key, $text) = @ARGV;
$key = unpack 'l', pack 'L', oct $key;    # key_t has a sign
my $segment;

sub part {
    my ($at, $length) = @_;
    shmread $segment, my $bytes, $at, $length or die "shmread: $!";
    return $bytes;
}

sub await {
    my ($state) = @_;
    select undef, undef, undef, 0.001 while unpack('L', part(0, 4)) != $state;
}

sub put {
    my ($what, $state) = @_;
    shmwrite $segment, pack('L a*', length $what, $what), 4, 4 + length $what or die "shmwrite: $!";
    shmwrite $segment, pack('L', $state), 0, 4 or die "shmwrite: $!";
}

sub get { return part(8, unpack 'L', part(4, 4)) }

$| = 1;
$segment = shmget $key, $SIZE, $role eq 'ask' ? IPC_CREAT | IPC_EXCL | 0600 : 0;
defined $segment or die "shmget: $!";
if ($role eq 'ask') {
    put($text, $ASKED);
    print "ready\n";
    await($ANSWERED);
    print get(), "\n";
    defined shmctl $segment, IPC_RMID, 0 or die "shmctl: $!";
} else {
    await($ASKED);
    put(uc get(), $ANSWERED);
}
