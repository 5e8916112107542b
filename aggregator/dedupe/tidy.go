package dedupe

import "io"

// leastTidied is what is worth tidying of a file, in bytes.
const leastTidied = 256 << 10

// tidy moves what is still needed of what was laid aside to the front of its file,
// where more than half of it is not: what was forgotten, and what was copied when
// segments were joined. What follows is cut off, where the file can be.
func (m *memory) tidy() {
	a, needed := &m.aside, int64(0)
	if a.file == nil {
		return
	}
	for _, s := range m.segments {
		if s.file == a.file {
			needed += int64(s.long)
		}
	}
	if a.end < leastTidied || a.end <= 2*needed {
		return
	}
	end := int64(0)
	for _, s := range m.segments { // which lie in the file in this order
		if s.file != a.file {
			continue
		}
		if err := a.move(s.stock, end); err != nil {
			a.failed(err) // the end of one may lie on its beginning
			return
		}
		s.at = end
		end += int64(s.long)
	}
	a.end = end
	if f, ok := a.file.(interface{ Truncate(size int64) error }); ok {
		_ = f.Truncate(end) // if it stays as long, it is written over
	}
}

// move copies a stock to where it begins or before.
func (a *aside) move(s stock, to int64) error {
	if s.at == to {
		return nil
	}
	_, err := io.CopyBuffer(io.NewOffsetWriter(a.file, to), onlyReader{s.reader()}, make([]byte, 64<<10))
	return err
}

// onlyReader is read through the buffer that is there.
type onlyReader struct{ io.Reader }
