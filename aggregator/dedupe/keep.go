package dedupe

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// ErrKept is returned by [Restore] for bytes that this version of this package
// did not write on a machine of this kind.
var ErrKept = errors.New("remembered articles are of another version, or damaged")

// keptForm changes whenever what is remembered of an article does, or how it
// lies in memory: whoever changes a rule of analysis raises it. A test tells
// when it was forgotten.
const keptForm = 6

// keptMark begins what Save writes. It is a number of this machine's byte
// order, since all that follows is as it lies in memory.
func keptMark() uint64 {
	h := xxhash.Sum64String(stopText)
	return h ^ keptForm<<32 ^ uint64(unsafe.Sizeof(entry{}))<<8 ^ uint64(unsafe.Sizeof(story{}))
}

// plainData are the types whose slices are written as they lie in memory: no
// pointers, and no int.
type plainData interface {
	byte | uint16 | uint32 | uint64 | int64 | entry | chain | link | counted | storyTerm | story | savedSum
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

// stock writes a stock as the slice of so many elements that it is.
func (s *saver) stock(t *stock, elements int) {
	size := int(t.size())
	s.write(binary.NativeEndian.AppendUint64(nil, uint64(elements)))
	if s.err == nil {
		_, s.err = io.CopyN(s.w, t.reader(), int64(size))
	}
	var fill [8]byte
	s.write(fill[:-size&7])
}

// loader reads what a saver wrote.
type loader struct {
	from *io.SectionReader
	in   *bufio.Reader // of from
	at   int64         // how much was read of it
	err  error         // of reading
	bad  bool
}

func newLoader(from *io.SectionReader) *loader {
	return &loader{from: from, in: bufio.NewReaderSize(io.NewSectionReader(from, 0, from.Size()), 64<<10)}
}

// read fills b.
func (l *loader) read(b []byte) {
	if l.bad || int64(len(b)) > l.left() {
		l.bad = true
		return
	}
	n, err := io.ReadFull(l.in, b)
	l.at += int64(n)
	if err != nil {
		l.bad, l.err = true, err
	}
}

// left is how many bytes there still are.
func (l *loader) left() int64 { return l.from.Size() - l.at }

// size reads how many elements of a size follow.
func (l *loader) size(of uint64) uint64 {
	var b [8]byte
	l.read(b[:])
	n := binary.NativeEndian.Uint64(b[:])
	if l.bad || n > uint64(l.left())/of {
		l.bad = true
		return 0
	}
	return n
}

// fill skips what fills a slice of so many bytes up.
func (l *loader) fill(size uint64) {
	var b [8]byte
	l.read(b[:-size&7])
}

// load returns the next slice.
func load[T plainData](l *loader) []T { return loadWith(l, func(n int) []T { return make([]T, n) }) }

// loadInto is load into pages.
func loadInto[T plainData](l *loader, p *pages) []T {
	return loadWith(l, func(n int) []T { return take[T](p, n) })
}

func loadWith[T plainData](l *loader, room func(n int) []T) []T {
	var zero T
	n := l.size(uint64(unsafe.Sizeof(zero)))
	if n == 0 {
		return nil
	}
	out := room(int(n))
	b := bytesOf(out)
	l.read(b)
	l.fill(uint64(len(b)))
	return out
}

// stock returns the next slice, of elements of a size, as a stock, which stays
// where it is.
func (l *loader) stock(size uint64) stock {
	n := l.size(size) * size
	if n > math.MaxUint32 {
		l.bad = true
	}
	if l.bad {
		return stock{}
	}
	out := stock{file: l.from, at: l.at, long: uint32(n)}
	l.at += int64(n)
	l.in.Reset(io.NewSectionReader(l.from, l.at, l.left()))
	l.fill(n)
	return out
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
