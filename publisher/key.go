package publisher

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
)

// fileKey is a hash of everything that a file was made from; the zero value: of
// nothing that is known.
type fileKey [keySize]byte

// keySize is how many bytes a key has.
const keySize = 16

// String is the key as it is stored.
func (k fileKey) String() string { return hex.EncodeToString(k[:]) }

// etag is the ETag of a file that is known by what it is made of.
func (k fileKey) etag() string { return `"` + hex.EncodeToString(k[:12]) + `"` }

// keyer hashes what files of a kind are made from, one after the other.
type keyer struct {
	hash.Hash
	prefix []byte
	sum    [sha256.Size]byte
}

// keyer returns a keyer that is at the beginning.
func (r *run) keyer(kind string) *keyer {
	k := &keyer{Hash: sha256.New(), prefix: []byte(r.b.print + "\x00" + kind)}
	k.Write(k.prefix)
	return k
}

// key ends a key and begins another.
func (k *keyer) key() (key fileKey) {
	copy(key[:], k.Sum(k.sum[:0]))
	k.Reset()
	k.Write(k.prefix)
	return key
}

// stories adds stories.
func (k *keyer) stories(ls []*listed) {
	for _, l := range ls {
		k.story(l)
	}
	k.sum[0] = 0
	k.Write(k.sum[:1])
}

func (k *keyer) story(l *listed) {
	k.sum = l.hash()
	k.Write(k.sum[:])
}

// text adds a text, and number a number.
func (k *keyer) text(s string) {
	k.number(int64(len(s)))
	_, _ = io.WriteString(k.Hash, s) // it does not fail
}

func (k *keyer) number(n int64) {
	binary.BigEndian.PutUint64(k.sum[:], uint64(n))
	k.Write(k.sum[:8])
}

// key hashes what files are made from.
func (r *run) key(kind string, parts ...any) fileKey {
	h := r.keyer(kind)
	for _, p := range parts {
		switch p := p.(type) {
		case []*listed:
			h.stories(p)
		default:
			sum := hashOf(p)
			h.Write(sum[:])
		}
	}
	return h.key()
}
