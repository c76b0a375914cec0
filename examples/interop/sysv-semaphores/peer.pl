#!/usr/bin/env perl
# A System V semaphore set: `return KEY ROUNDS` or `serve KEY ROUNDS`
use strict;
use warnings;
use IPC::SysV qw(IPC_CREAT IPC_EXCL IPC_RMID IPC_STAT);

my ($PING, $PONG) = (0, 1);
my ($role, $key, $rounds) = @ARGV;
$key = unpack 'l', pack 'L', oct $key;    # key_t has a sign
my $set;

# Any number of [index, change, flags] at once.
sub operate {
    semop $set, join('', map { pack 's3', @$_ } @_) or die "semop: $!";
}

# Whoever finds a set has to wait until its maker has initialised it: sem_otime, behind the permissions, says when.
sub await_values {
    my $about = '';
    while (1) {
        defined semctl $set, 0, IPC_STAT, $about or die "semctl: $!";
        return if unpack('x48 q', $about) != 0;
        select undef, undef, undef, 0.001;
    }
}

$| = 1;
if ($role eq 'return') {
    $set = semget $key, 2, IPC_CREAT | IPC_EXCL | 0600;
    defined $set or die "semget: $!";
    operate([$PING, 0, 0]);               # zero already: but it sets sem_otime
    print "ready\n";
    operate([$PING, -1, 0], [$PONG, 1, 0]) for 1 .. $rounds;
    operate([$PONG, 0, 0]);
    defined semctl $set, 0, IPC_RMID, 0 or die "semctl: $!";
} else {
    $set = semget $key, 2, 0;
    defined $set or die "semget: $!";
    await_values();
    for (1 .. $rounds) {
        operate([$PING, 1, 0]);
        operate([$PONG, -1, 0]);
    }
}
print "$rounds rounds\n";
