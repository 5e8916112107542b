package dedupe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrDamaged is returned by [Grouper.Err] when what was laid aside is not what
// was written there.
var ErrDamaged = errors.New("it was changed by somebody else")

// Aside is a file, or what serves as one, for what is seldom looked at. It is
// the Grouper's own.
type Aside interface {
	io.ReaderAt
	io.WriterAt
}

// stock is what is known of a segment's articles beyond what every look needs:
// in memory, or a part of a file.
type stock struct {
	data []byte      // in memory, if file is nil
	file io.ReaderAt // nil: in memory
	at   int64       // where it begins in the file
	long uint32      // bytes in the file
}

func (s *stock) size() uint32 {
	if s.file == nil {
		return uint32(len(s.data))
	}
	return s.long
}

// aside lays stocks into a file, one behind the other, and reads them. The file is
// about twice as long as what is remembered of it at most, see tidy.
type aside struct {
	file Aside // nil: they stay in memory
	end  int64
	room []byte
	err  error // the first error of reading
}

// lay takes a stock out of memory, unless it cannot be written: a full disk costs
// memory and nothing else.
func (a *aside) lay(s stock) stock {
	if a.file == nil {
		return stock{data: exact(s.data)}
	}
	if _, err := a.file.WriteAt(s.data, a.end); err != nil {
		a.file = nil
		return stock{data: exact(s.data)}
	}
	out := stock{file: a.file, at: a.end, long: s.size()}
	a.end += int64(out.long)
	return out
}

// join returns two stocks as one: those that lie one behind the other do already.
func (a *aside) join(s, t stock) stock {
	switch {
	case s.file == nil && t.file == nil:
		return stock{data: exact(s.data, t.data)}
	case s.file != nil && s.file == t.file && s.at+int64(s.long) == t.at:
		return stock{file: s.file, at: s.at, long: s.long + t.long}
	}
	// One is of what was restored, and lies elsewhere.
	both := io.MultiReader(s.reader(), t.reader())
	size := int64(s.size()) + int64(t.size())
	if a.file != nil {
		n, err := io.Copy(io.NewOffsetWriter(a.file, a.end), both)
		if err == nil && n == size {
			out := stock{file: a.file, at: a.end, long: uint32(size)}
			a.end += size
			return out
		}
		a.file = nil
		both = io.MultiReader(s.reader(), t.reader())
	}
	out := stock{data: make([]byte, size)}
	_, err := io.ReadFull(both, out.data)
	a.failed(err)
	return out
}

// reader reads all of a stock.
func (s *stock) reader() io.Reader {
	if s.file == nil {
		return bytes.NewReader(s.data)
	}
	return io.NewSectionReader(s.file, s.at, int64(s.long))
}

// read returns a part of a stock; nil when it cannot be read. It is there until
// the next is read.
func (a *aside) read(s stock, from, to uint32) []byte {
	if s.file == nil {
		return s.data[from:to]
	}
	n := int(to - from)
	if cap(a.room) < n {
		a.room = make([]byte, 2*n)
	}
	part := a.room[:n]
	if _, err := s.file.ReadAt(part, s.at+int64(from)); err != nil {
		a.failed(err)
		return nil
	}
	return part
}

// failed notes an error of reading.
func (a *aside) failed(err error) {
	if err != nil && a.err == nil {
		a.err = fmt.Errorf("read what was laid aside of remembered articles: %w", err)
	}
}
