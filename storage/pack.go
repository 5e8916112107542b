package storage

import (
	"bytes"
	"database/sql"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Texts shorter than minPack are stored as they are.
const (
	minPack = 256
	maxText = 64 << 20 // bytes that a stored text may unpack to
	// How far back a text is looked for in itself. An archive document is no
	// longer, and each of the encoders keeps as much.
	packWindow = 512 << 10
)

// packer compresses the contents of items. On news of 2,000 bytes it halves
// them, which is a third of the whole archive, for 10 to 20 microseconds each
// in the goroutine of the caller.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newPacker() (packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(readers),
		zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(packWindow))
	if err != nil {
		return packer{}, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(readers), zstd.WithDecoderMaxMemory(maxText), zstd.WithDecoderLowmem(true))
	return packer{enc, dec}, err
}

// packed is a text as stored: plain, or compressed where that is shorter or it
// is no text to every engine.
type packed struct {
	plain sql.NullString
	zstd  []byte // nil unless plain is NULL
}

func (p packer) pack(text string) packed {
	storable := isText(text)
	if len(text) >= minPack || !storable {
		room := takeRoom()
		defer room.give()
		if room.b = p.enc.EncodeAll([]byte(text), room.b); len(room.b) < len(text) || !storable {
			return packed{zstd: bytes.Clone(room.b)}
		}
	}
	return packed{plain: sql.NullString{String: text, Valid: true}}
}

// bytes is unpack for a text that is large, and read once.
func (p packer) bytes(x packed) ([]byte, error) {
	if x.zstd == nil {
		return []byte(x.plain.String), nil
	}
	text, err := p.dec.DecodeAll(x.zstd, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: compressed text: %w", ErrDamaged, err)
	}
	return text, nil
}

func (p packer) unpack(x packed) (string, error) {
	if x.zstd == nil {
		return x.plain.String, nil
	}
	room := takeRoom()
	defer room.give()
	text, err := p.dec.DecodeAll(x.zstd, room.b)
	if err != nil {
		return "", fmt.Errorf("%w: compressed text: %w", ErrDamaged, err)
	}
	room.b = text
	return string(text), nil
}

// room is where a text grows that is copied, once its length is known.
type room struct{ b []byte }

var rooms = sync.Pool{New: func() any { return new(room) }}

// takeRoom returns an empty one, for one text after the other.
func takeRoom() *room {
	r := rooms.Get().(*room)
	r.b = r.b[:0]
	return r
}

// give gives it back; one that a long text has made large is left to the
// collector.
func (r *room) give() {
	if cap(r.b) <= packWindow {
		rooms.Put(r)
	}
}
