//go:build !unix

package storage

import "os"

// readKept returns what is in a file.
func readKept(path string) (data []byte, release func(), err error) {
	data, err = os.ReadFile(path)
	return data, func() {}, err
}
