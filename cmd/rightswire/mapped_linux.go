package main

import (
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// unmapProgram lets go of the pages of the program's own file that are mapped.
// What a step has touched the next one needs in part, and that part is mapped
// again, from the system's cache, when it is used: 34 MB are mapped when the
// program has started. What fails leaves everything as it was. The list of the
// ranges is made once: a page that a debugger changes after that, for a
// breakpoint, is as in the file again.
func unmapProgram() {
	for _, m := range programRanges() {
		// MADV_DONTNEED: a page that nobody wrote to is read from the file again.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.start, m.end-m.start, unix.MADV_DONTNEED)
	}
}

// programRanges is where the program's own file is mapped as it is. The kernel
// looks at every page of the process to tell, so it is asked once.
var programRanges = sync.OnceValue(func() []mapping {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return nil
	}
	found := ofFile(string(smaps), exe)
	for _, m := range found {
		m.split()
	}
	return found
})

// mappedTogether is how much of the program's file the kernel maps for one page
// that is used, at most: half of what Linux maps around a page. Where the file lies
// in its cache in larger pieces it maps a whole piece, up to 2 MB (Linux 6.18 does):
// in a run in which nothing is new 31 MB were mapped, and 12 are.
const mappedTogether = 32 << 10

// split has the kernel keep every second piece of a range as a range of its own,
// since it maps nothing beyond the range that a page is in. It is told that they
// need not be in a core dump, where pages that are as in the file are not anyway.
func (m mapping) split() {
	for at := m.start; at < m.end; at += 2 * mappedTogether {
		_, _, err := unix.Syscall(unix.SYS_MADVISE, at, min(mappedTogether, m.end-at), unix.MADV_DONTDUMP)
		if err != 0 {
			return // as when there are too many ranges
		}
	}
}

// mapping is a range of addresses.
type mapping struct{ start, end uintptr }

// ofFile returns the ranges of smaps (proc(5)) that show a file as it is: they
// cannot be written to, and no page of theirs was changed, as a loader does to a
// program that may lie at any address, and a debugger that sets a breakpoint.
// Changed pages are in memory (Anonymous) or swapped out (Swap); both have to be
// told, and none.
func ofFile(smaps, path string) (found []mapping) {
	var at mapping
	var resident, swapped string // of the range at; "": not told
	end := func() {
		if at.end > 0 && resident == "0 kB" && swapped == "0 kB" {
			found = append(found, at)
		}
		at, resident, swapped = mapping{}, "", ""
	}
	for line := range strings.Lines(smaps) {
		if line[0] >= 'A' && line[0] <= 'Z' { // of the range before; addresses begin with a digit or a small letter
			switch name, size, _ := strings.Cut(line, ":"); name {
			case "Anonymous":
				resident = strings.TrimSpace(size)
			case "Swap":
				swapped = strings.TrimSpace(size)
			}
			continue
		}
		end()
		at = ofHeader(line, path)
	}
	end()
	return found
}

// ofHeader returns the range that begins with a line of smaps, if it shows a
// file and cannot be written to.
func ofHeader(line, path string) mapping {
	f := strings.Fields(line)
	if len(f) != 6 || f[5] != path || strings.Contains(f[1], "w") {
		return mapping{}
	}
	from, to, _ := strings.Cut(f[0], "-")
	start, err1 := strconv.ParseUint(from, 16, strconv.IntSize)
	end, err2 := strconv.ParseUint(to, 16, strconv.IntSize)
	if err1 != nil || err2 != nil {
		return mapping{}
	}
	return mapping{uintptr(start), uintptr(end)}
}
