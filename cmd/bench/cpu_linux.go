package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// cpuOf returns the processor time that a running process took: the fields
// utime and stime of proc_pid_stat(5), in hundredths of a second.
func cpuOf(pid int) (time.Duration, bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// The second field is the name, in parentheses, and may hold anything.
	f := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
	if len(f) < 13 {
		return 0, false
	}
	user, err1 := strconv.Atoi(string(f[11]))
	system, err2 := strconv.Atoi(string(f[12]))
	return time.Duration(user+system) * 10 * time.Millisecond, err1 == nil && err2 == nil
}

// cpuOfServer returns the processor time that a process, its children and
// those that it had have taken: of a PostgreSQL, by its first process.
func cpuOfServer(pid int) time.Duration {
	sum, _ := cpuOf(pid)
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		f := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
		if len(f) < 15 {
			continue
		}
		field := func(i int) time.Duration {
			n, _ := strconv.Atoi(string(f[i]))
			return time.Duration(n) * 10 * time.Millisecond
		}
		if parent, _ := strconv.Atoi(string(f[1])); parent == pid {
			sum += field(11) + field(12)
		} else if path == fmt.Sprintf("/proc/%d/stat", pid) {
			sum += field(13) + field(14) // of those that have ended
		}
	}
	return sum
}
