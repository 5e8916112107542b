package dedupe

import "encoding/binary"

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
const wakeAfter = 1 << 12

// look appends to dst the newest articles of a segment under a key, each plus
// first, at most limit.
func (m *memory) look(dst []uint32, s *segment, key, first uint32, limit int) []uint32 {
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

// wake reads what is asleep of a segment into memory.
func (m *memory) wake(s *segment) {
	if s.asleep == nil {
		return
	}
	s.keys.starts = awake[uint32](m, s.asleep.starts)
	s.keys.entries = awake[uint32](m, s.asleep.entries)
	s.hints = awake[byte](m, s.asleep.hints)
	s.asleep = nil
}

// awake reads a slice that is a stock.
func awake[T plainData](m *memory, from stock) []T {
	out := take[T](m.pages, int(from.long)/len(bytesOf(make([]T, 1))))
	if len(out) > 0 {
		_, err := from.file.ReadAt(bytesOf(out), from.at)
		m.aside.failed(err)
	}
	return out
}
