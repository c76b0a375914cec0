#!/usr/bin/env perl
# Two POSIX semaphores: `return NAME ROUNDS` or `serve NAME ROUNDS`. Needs FFI::Platypus (Debian: libffi-platypus-perl).
use strict;
use warnings;
use FFI::Platypus;
use Fcntl qw(O_CREAT O_EXCL);

my $ffi = FFI::Platypus->new(api => 1, lib => [undef]);    # undef: what is loaded already, libc
$ffi->attach(sem_open => ['string', 'int', 'uint32', 'uint32'] => 'opaque');
$ffi->attach(sem_wait => ['opaque'] => 'int');
$ffi->attach(sem_post => ['opaque'] => 'int');
$ffi->attach(sem_unlink => ['string'] => 'int');

sub named {
    my ($name, $flags) = @_;
    return sem_open($name, $flags, 0600, 0) // die "sem_open $name: $!";
}

sub must {
    my ($result, $call) = @_;
    $result == 0 or die "$call: $!";
}

$| = 1;
my ($role, $name, $rounds) = @ARGV;
my $flags = $role eq 'return' ? O_CREAT | O_EXCL : 0;
my ($there, $back) = map { named($_, $flags) } $name, "$name-back";
print "ready\n" if $role eq 'return';
for (1 .. $rounds) {
    if ($role eq 'return') {
        must(sem_wait($there), 'sem_wait');
        must(sem_post($back), 'sem_post');
    } else {
        must(sem_post($there), 'sem_post');
        must(sem_wait($back), 'sem_wait');
    }
}
if ($role eq 'return') {
    must(sem_unlink($_), 'sem_unlink') for $name, "$name-back";
}
print "$rounds rounds\n";
