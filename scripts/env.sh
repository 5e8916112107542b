# What lint, test and fuzz have in common: they read this file with ".". Most of
# what they do is compiling, so they compile alike, and one finds in the cache
# what another has compiled. Without the tables that only a debugger reads (a
# stack trace has its own) and with the collector of garbage at work less often,
# that takes two thirds to three quarters of the time. Tests have the collector
# as everybody has it.
export CGO_ENABLED=0 # as it is released
export GOGC=200
nodebug=-dwarf=false
export GOFLAGS="$(go env GOFLAGS) -gcflags=all=$nodebug" # what "go env -w" says counts, too
