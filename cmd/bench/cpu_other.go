//go:build !linux

package main

import "time"

// cpuOf knows nothing of a running process here.
func cpuOf(int) (time.Duration, bool) { return 0, false }

// cpuOfServer knows nothing of them here.
func cpuOfServer(int) time.Duration { return 0 }
