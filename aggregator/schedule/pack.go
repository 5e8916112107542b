package schedule

import (
	"encoding/binary"
	"math"
	"math/bits"
	"time"
)

// packVersion is the first byte of a packed rhythm. Another version's memory
// is not read: the source is learned anew.
const packVersion = 2

// pack writes a rhythm in some 30 bytes, and four more for each hour and day
// that ever had an item. Times are whole seconds.
func (r rhythm) pack() []byte {
	b := make([]byte, 1, 64)
	b[0] = packVersion
	at := int64(0)
	if !r.at.IsZero() {
		at = r.at.Unix()
	}
	b = binary.AppendVarint(b, at)
	if at == 0 {
		r = rhythm{careful: r.careful, window: r.window, said: r.said}
	}
	b = binary.AppendUvarint(b, uint64(min(since(r.oldest, r.at), memoryMax)/time.Second))
	b = binary.AppendUvarint(b, uint64(max(r.window, 0)))
	b = appendSeconds(b, r.careful)
	b = appendSeconds(b, r.said.ttl)
	b = appendSeconds(b, r.said.period)
	b = binary.AppendUvarint(b, uint64(r.said.skipHours))
	b = binary.AppendUvarint(b, uint64(r.said.skipDays))
	sums := r.sums()
	mask := uint64(0)
	for i, s := range sums {
		if float32(*s) > 0 {
			mask |= 1 << i
		}
	}
	b = binary.AppendUvarint(b, mask)
	for i, s := range sums {
		if mask>>i&1 != 0 {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(*s)))
		}
	}
	return b
}

// appendSeconds writes a duration, rounded up so that none gets shorter.
func appendSeconds(b []byte, d time.Duration) []byte {
	s := max(d, 0) / time.Second
	if s*time.Second < d {
		s++
	}
	return binary.AppendUvarint(b, uint64(s))
}

// sums are all sums of a rhythm, in the order in which they are packed.
func (r *rhythm) sums() (sums [2 + 24 + 24 + 7]*float64) {
	sums[0], sums[1] = &r.items, &r.burst
	for h := range r.hours {
		sums[2+2*h], sums[3+2*h] = &r.hours[h], &r.free[h]
	}
	for d := range r.days {
		sums[2+24+24+d] = &r.days[d]
	}
	return sums
}

// unpack reads what pack wrote. Anything else is an empty rhythm: what a
// database brings back must not stop a source.
func unpack(b []byte) rhythm {
	if len(b) == 0 || b[0] != packVersion {
		return rhythm{}
	}
	u := unpacker{b: b[1:], ok: true}
	var r rhythm
	if at := u.varint(); at != 0 {
		r.at = time.Unix(at, 0).UTC()
		r.oldest = r.at
	}
	r.oldest = r.oldest.Add(-u.seconds())
	r.window = int(min(u.uvarint(), math.MaxInt32))
	r.careful = u.seconds()
	r.said = words{ttl: u.seconds(), period: u.seconds(), skipHours: uint32(u.uvarint()), skipDays: uint32(u.uvarint())}
	mask := u.uvarint()
	for i, s := range r.sums() {
		if mask>>i&1 != 0 {
			*s = u.float()
		}
	}
	if !u.ok || len(u.b) > 0 || bits.Len64(mask) > len(r.sums()) || r.at.IsZero() && mask != 0 {
		return rhythm{}
	}
	return r
}

// unpacker reads numbers until one is missing or nonsense.
type unpacker struct {
	b  []byte
	ok bool
}

func (u *unpacker) varint() int64 {
	v, n := binary.Varint(u.b)
	u.ok = u.ok && n > 0 && v > -1<<40 && v < 1<<40 // some 35,000 years
	u.skip(n)
	return v
}

func (u *unpacker) uvarint() uint64 {
	v, n := binary.Uvarint(u.b)
	u.ok = u.ok && n > 0
	u.skip(n)
	return v
}

func (u *unpacker) seconds() time.Duration {
	s := u.uvarint()
	u.ok = u.ok && s <= uint64(math.MaxInt64/time.Second)
	return time.Duration(s) * time.Second
}

func (u *unpacker) float() float64 {
	if len(u.b) < 4 {
		u.ok = false
		return 0
	}
	f := float64(math.Float32frombits(binary.LittleEndian.Uint32(u.b)))
	u.ok = u.ok && f > 0 && f < 1e12 // false for NaN
	u.skip(4)
	return f
}

func (u *unpacker) skip(n int) {
	if u.ok {
		u.b = u.b[n:]
	}
}
