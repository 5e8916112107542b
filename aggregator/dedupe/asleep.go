package dedupe

import (
	"encoding/binary"
	"unsafe"
)

// asleep is the larger part of what is looked up in a segment, of one that was
// restored: it stays where it was kept, since a process that places a few articles
// asks for little of it. What is asked for often is read into memory.
type asleep struct {
	starts, entries stock // of the keys
	hints           stock
	asked           int
}

// wakeAfter is how many keys are looked up in a segment that is asleep: a few
// hundred articles look up so many.
const wakeAfter = 1 << 13

// look appends to dst the newest articles of a segment under a key, each plus
// first, at most limit.
func (m *memory) look(dst []uint32, s *segment, key, first uint32, limit int) []uint32 {
	from := len(dst)
	dst = m.lookUp(dst, s, key, first, limit)
	for _, n := range dst[from:] {
		if uint64(n-first) >= uint64(len(s.docs)) { // an entry that was changed
			m.aside.failed(ErrDamaged)
			return dst[:from]
		}
	}
	return dst
}

// lookUp is look without a check of what it finds.
func (m *memory) lookUp(dst []uint32, s *segment, key, first uint32, limit int) []uint32 {
	if s.asleep == nil {
		return s.keys.walk(dst, key, first, limit)
	}
	if s.asleep.asked++; s.asleep.asked > wakeAfter {
		m.wake(s)
		return s.keys.walk(dst, key, first, limit)
	}
	b := s.keys.bucket(key)
	ends := m.aside.read(s.asleep.starts, 4*b, 4*b+8)
	if ends == nil {
		return dst
	}
	from, to := binary.NativeEndian.Uint32(ends), binary.NativeEndian.Uint32(ends[4:])
	if from > to || to > s.asleep.entries.long/4 {
		m.aside.failed(ErrDamaged)
		return dst
	}
	if to-from > longBucket {
		from = to - longBucket
	}
	m.list = m.list[:0]
	list := m.aside.read(s.asleep.entries, 4*from, 4*to)
	for ; len(list) > 0; list = list[4:] {
		m.list = append(m.list, binary.NativeEndian.Uint32(list))
	}
	return s.keys.pick(dst, m.list, key, first, limit)
}

// wake reads what is asleep of a segment into memory. What cannot be read is empty,
// and an error: nothing is found there any more.
func (m *memory) wake(s *segment) {
	if s.asleep == nil {
		return
	}
	s.keys.starts = awake[uint32](m, s.asleep.starts)
	s.keys.entries = awake[uint32](m, s.asleep.entries)
	s.hints = awake[byte](m, s.asleep.hints)
	if !s.keys.whole() {
		m.aside.failed(ErrDamaged)
		clear(s.keys.starts)
	}
	s.asleep = nil
}

// awake reads a slice that is a stock; all zero, where it cannot be read.
func awake[T plainData](m *memory, from stock) []T {
	var zero T
	size := uint32(unsafe.Sizeof(zero))
	out := take[T](m.pages, int(from.long/size))
	if from.long%size != 0 {
		m.aside.failed(ErrDamaged)
		return out
	}
	if len(out) == 0 {
		return out
	}
	if _, err := from.file.ReadAt(bytesOf(out), from.at); err != nil {
		m.aside.failed(err)
		clear(out) // half of it does not fit together
	}
	return out
}
