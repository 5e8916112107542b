//go:build !unix

package storage

import (
	"bytes"
	"io"
	"os"
)

// openSteady returns what is in a file: an open one could not be replaced here.
func openSteady(path string) (*io.SectionReader, func(), error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), func() {}, nil
}

// inMemory returns what is in a file.
func inMemory(file *io.SectionReader) (data []byte, release func(), err error) {
	data = make([]byte, file.Size())
	_, err = file.ReadAt(data, 0)
	return data, func() {}, err
}

// nameless returns no file: an open one keeps its name here.
func nameless(dir, pattern string) (*os.File, error) { return nil, nil }
