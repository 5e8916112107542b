package storage

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"time"
)

// micros and fromMicros keep any time, the zero time too.
func micros(t time.Time) int64     { return t.UnixMicro() }
func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }
func stamp(t time.Time) int64      { return orZero(!t.IsZero(), t) }
func fromStamp(n int64) (t time.Time) {
	if n != 0 {
		t = fromMicros(n)
	}
	return t
}

// orZero returns 0, which stands for never, unless ok.
func orZero(ok bool, t time.Time) int64 {
	if !ok {
		return 0
	}
	return micros(t)
}

// hash64 is the first 64 bits of SHA-256: an index entry of 8 bytes instead
// of an address of 100. Whoever looks up by it compares the text as well.
func hash64(s string) int64 {
	sum := sha256.Sum256([]byte(s))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// hashOrNull is hash64, or NULL for "", which is not indexed.
func hashOrNull(s string) any {
	if s == "" {
		return nil
	}
	return hash64(s)
}

// unless stores a text that equals what it mostly equals as NULL.
func unless(same, text string) any {
	if text == same {
		return nil
	}
	return text
}

// or reads what unless stored.
func or(same string, text sql.NullString) string {
	if text.Valid {
		return text.String
	}
	return same
}

// listJSON stores a list of texts; NULL if it is empty.
func listJSON(list []string) any {
	if len(list) == 0 {
		return nil
	}
	b, _ := json.Marshal(list) // strings cannot fail
	return string(b)
}

func fromListJSON(text sql.NullString) (list []string, err error) {
	if text.Valid {
		err = json.Unmarshal([]byte(text.String), &list)
	}
	return list, err
}

// packIDs stores a sorted list of ids as the differences between them.
func packIDs(ids []int64) []byte {
	var b []byte
	last := int64(0)
	for _, id := range ids {
		b = binary.AppendUvarint(b, uint64(id-last))
		last = id
	}
	return b
}

func unpackIDs(b []byte) []int64 {
	var ids []int64
	last := int64(0)
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		if n <= 0 {
			break
		}
		last += int64(d)
		ids, b = append(ids, last), b[n:]
	}
	return ids
}
