//go:build unix

package dedupe

import "golang.org/x/sys/unix"

// mapPages returns zeroed memory of the system's; nil when it gives none.
func mapPages(size int) []byte {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil
	}
	return b
}

func unmapPages(b []byte) { _ = unix.Munmap(b) } // it is what mapPages returned
