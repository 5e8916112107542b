//go:build !unix

package storage

import "os"

// mapFile returns what is in a file.
func mapFile(path string) (data []byte, unmap func(), err error) {
	data, err = os.ReadFile(path)
	return data, func() {}, err
}
