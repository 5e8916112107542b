package dedupe

import (
	"encoding/binary"
	"errors"
	"io"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// ErrKept is returned by [Restore] for bytes that this version of this package
// did not write on a machine of this kind.
var ErrKept = errors.New("remembered articles are of another version, or damaged")

// keptForm changes whenever what is remembered of an article does, or how it
// lies in memory: whoever changes a rule of analysis raises it. A test tells
// when it was forgotten.
const keptForm = 2

// keptMark begins what Save writes. It is a number of this machine's byte
// order, since all that follows is as it lies in memory.
func keptMark() uint64 {
	h := xxhash.Sum64String(stopText)
	return h ^ keptForm<<32 ^ uint64(unsafe.Sizeof(entry{}))<<8 ^ uint64(unsafe.Sizeof(savedStory{}))
}

// plainData are the types whose slices are written as they lie in memory: no
// pointers, and no int.
type plainData interface {
	byte | uint16 | uint32 | uint64 | int64 | entry | term | chain | link | counted | storyTerm | savedStory | savedSum
}

// saver writes slices, each after its length and filled up to eight bytes.
type saver struct {
	w   io.Writer
	err error
}

func save[T plainData](s *saver, parts ...[]T) {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	s.write(binary.NativeEndian.AppendUint64(nil, uint64(n)))
	size := 0
	for _, p := range parts {
		b := bytesOf(p)
		s.write(b)
		size += len(b)
	}
	var fill [8]byte
	s.write(fill[:-size&7])
}

func (s *saver) write(b []byte) {
	if s.err == nil && len(b) > 0 {
		_, s.err = s.w.Write(b)
	}
}

// bytesOf is a slice as it lies in memory.
func bytesOf[T plainData](p []T) []byte {
	if len(p) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&p[0])), len(p)*int(unsafe.Sizeof(p[0])))
}

// loader reads what a saver wrote. The slices are parts of data.
type loader struct {
	data []byte // begins at a multiple of eight
	bad  bool
}

// load returns the next slice. What is appended to it goes elsewhere.
func load[T plainData](l *loader) []T {
	var zero T
	size := uint64(unsafe.Sizeof(zero))
	if l.bad || len(l.data) < 8 {
		l.bad = true
		return nil
	}
	n := binary.NativeEndian.Uint64(l.data)
	l.data = l.data[8:]
	if n > uint64(len(l.data))/size {
		l.bad = true
		return nil
	}
	bytes := n * size
	padded := (bytes + 7) &^ 7
	if padded > uint64(len(l.data)) {
		l.bad = true
		return nil
	}
	b := l.data
	l.data = l.data[padded:]
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)[:n:n]
}

// numbers reads a slice of just so many numbers.
func (l *loader) numbers(n int) []int64 {
	out := load[int64](l)
	if len(out) != n {
		l.bad = true
		return make([]int64, n)
	}
	return out
}

// aligned returns b, or a copy of it, so that it begins at a multiple of eight.
func aligned(b []byte) []byte {
	if len(b) == 0 || uintptr(unsafe.Pointer(&b[0]))%8 == 0 {
		return b
	}
	words := make([]uint64, (len(b)+7)/8)
	out := bytesOf(words)[:len(b)]
	copy(out, b)
	return out
}
