package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestOfFile(t *testing.T) {
	const smaps = `00400000-01a13000 r-xp 00000000 fe:00 123                        /usr/bin/rightswire
Size:              22604 kB
Anonymous:             0 kB
Swap:                  0 kB
SwapPss:               0 kB
VmFlags: rd ex mr mw me
01a13000-0394a000 r--p 01613000 fe:00 123                        /usr/bin/rightswire
Anonymous:             4 kB
Swap:                  0 kB
0394a000-03c94000 rw-p 0354a000 fe:00 123                        /usr/bin/rightswire
Anonymous:             0 kB
Swap:                  0 kB
03c94000-05f0c000 rw-p 00000000 00:00 0
Anonymous:             0 kB
Swap:                  0 kB
7f6900000000-7f6900010000 r--p 00000000 fe:00 123                 /usr/bin/rightswire
Anonymous:             0 kB
Swap:                512 kB
7f6900010000-7f6900020000 r--p 00000000 fe:00 123                 /usr/bin/rightswire
Anonymous:             0 kB
7f6906a05000-7f6906a2b000 r--p 00000000 fe:00 456                 /usr/lib/libc.so.6
Anonymous:             0 kB
Swap:                  0 kB
7f6906b00000-7f6906b10000 r--p 00000000 fe:00 123                 /usr/bin/rightswire
Anonymous:             0 kB
Swap:                  0 kB
`
	want := []mapping{{0x400000, 0x1a13000}, {0x7f6906b00000, 0x7f6906b10000}}
	if got := ofFile(smaps, "/usr/bin/rightswire"); !slices.Equal(got, want) {
		t.Errorf("ofFile(…) = %x, want %x", got, want)
	}
}

// What the program is made of can be used again at once, and the kernel shows
// it as the test expects.
func TestUnmapProgram(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps"); err != nil {
		t.Skip(err)
	}
	if len(programRanges()) == 0 {
		t.Error("no part of the program is mapped as it is in its file")
	}
	unmapProgram()
}

// However large the pieces are in which the kernel has the program's file, one
// page that is used must not bring others with it by the megabyte.
func TestUnmapProgramSplitsItsRanges(t *testing.T) {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Skip(err)
	}
	unmapProgram()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(maps)) {
		if m := ofHeader(line, exe); m.end-m.start > mappedTogether {
			t.Errorf("%x is a range of %d bytes, want at most %d", m.start, m.end-m.start, mappedTogether)
		}
	}
}
