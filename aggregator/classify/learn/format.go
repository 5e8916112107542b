package learn

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
)

// A model's file is a line that says what it is, the header's length and the
// header as JSON, the weights, and the SHA-256 of all before it. Weights stand
// by bucket: the distance to the bucket before, how many there are, and for
// each the class and its steps.
const (
	magic   = "rightswire model\n"
	version = 1

	maxHeader = 1 << 20
)

// header is what a model's file says about itself.
type header struct {
	Version   int      `json:"version"`
	Examples  string   `json:"examples"` // hash of what it was trained on
	Lines     int      `json:"lines"`    // how many examples that were
	Languages []string `json:"languages"`
	Classes   []Class  `json:"classes"`
	// Evidence weighs a class's own logarithm of the odds and what the rules
	// see; see the function of that name.
	Evidence []float64 `json:"evidence"`
}

// ErrNotAModel is returned by [Decode] for bytes that are no model, or one
// that is damaged or of another version.
var ErrNotAModel = errors.New("not a model that this program reads; make it anew with \"rightswire rules train\"")

// fill takes over the weights of a trained net.
func (m *Model) fill(nn *net, buckets []uint32) {
	var list []stored
	for f, b := range buckets {
		for k := range nn.classes {
			if s := nn.steps[f*nn.classes+k]; s != 0 {
				list = append(list, stored{b, weight{uint8(k), s}})
			}
		}
	}
	m.index(list)
}

// stored is a weight and its bucket.
type stored struct {
	bucket uint32
	weight
}

// index makes the table that finds the weights of a bucket.
func (m *Model) index(list []stored) {
	m.occupied = make([]uint64, 1<<Bits/64)
	m.rank = make([]uint32, 1<<Bits/64)
	m.first, m.weights = nil, make([]weight, len(list))
	for i, s := range list {
		m.weights[i] = s.weight
		if i == 0 || list[i-1].bucket != s.bucket {
			m.occupied[s.bucket>>6] |= 1 << (s.bucket & 63)
			m.first = append(m.first, uint32(i))
		}
	}
	m.first = append(m.first, uint32(len(list)))
	n := uint32(0)
	for i, w := range m.occupied {
		m.rank[i] = n
		n += uint32(bits.OnesCount64(w))
	}
}

// Encode returns the model's file.
func (m *Model) Encode() ([]byte, error) {
	head, err := json.Marshal(m.header)
	if err != nil {
		return nil, fmt.Errorf("encode the model: %w", err)
	}
	b := binary.AppendUvarint([]byte(magic), uint64(len(head)))
	b = append(b, head...)
	n, last := 0, 0
	for i, w := range m.occupied {
		for ; w != 0; w &= w - 1 {
			bucket := i<<6 + bits.TrailingZeros64(w)
			list := m.weights[m.first[n]:m.first[n+1]]
			b = binary.AppendUvarint(b, uint64(bucket-last))
			b = append(b, uint8(len(list)))
			for _, x := range list {
				b = append(b, x.class, uint8(x.steps))
			}
			n, last = n+1, bucket
		}
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// Decode reads a model's file. The error wraps [ErrNotAModel].
func Decode(file []byte) (*Model, error) {
	n := len(file) - sha256.Size
	if n < len(magic) || !bytes.HasPrefix(file, []byte(magic)) {
		return nil, ErrNotAModel
	}
	if sum := sha256.Sum256(file[:n]); !bytes.Equal(sum[:], file[n:]) {
		return nil, fmt.Errorf("%w: its checksum is wrong", ErrNotAModel)
	}
	rest := file[len(magic):n]
	size, used := binary.Uvarint(rest)
	if used <= 0 || size > maxHeader || size > uint64(len(rest)-used) {
		return nil, fmt.Errorf("%w: no header", ErrNotAModel)
	}
	m := &Model{}
	if err := json.Unmarshal(rest[used:][:size], &m.header); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAModel, err)
	}
	if m.Version != version {
		return nil, fmt.Errorf("%w: it is version %d", ErrNotAModel, m.Version)
	}
	if len(m.Evidence) != signs {
		return nil, fmt.Errorf("%w: its evidence has %d numbers", ErrNotAModel, len(m.Evidence))
	}
	list, err := readWeights(rest[used+int(size):], len(m.header.Classes))
	if err != nil {
		return nil, err
	}
	m.index(list)
	return m, nil
}

// readWeights reads the weights of a file.
func readWeights(b []byte, classes int) ([]stored, error) {
	list := make([]stored, 0, len(b)/2)
	bucket := uint64(0)
	for first := true; len(b) > 0; first = false {
		d, used := binary.Uvarint(b)
		if used <= 0 || used >= len(b) || d >= 1<<Bits || d == 0 && !first || bucket+d >= 1<<Bits {
			return nil, fmt.Errorf("%w: a bucket out of order", ErrNotAModel)
		}
		bucket += d
		n := int(b[used])
		b = b[used+1:]
		if n == 0 || len(b) < 2*n {
			return nil, fmt.Errorf("%w: weights are missing", ErrNotAModel)
		}
		for i := range n {
			if int(b[2*i]) >= classes {
				return nil, fmt.Errorf("%w: a category that it does not name", ErrNotAModel)
			}
			list = append(list, stored{uint32(bucket), weight{b[2*i], int8(b[2*i+1])}})
		}
		b = b[2*n:]
	}
	return list, nil
}
