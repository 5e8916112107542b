package learn

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func encoded(t testing.TB) (*Model, []byte) {
	t.Helper()
	m := trained(t, lessons())
	file, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return m, file
}

func TestDecodeGivesTheModelBack(t *testing.T) {
	m, file := encoded(t)
	got, err := Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Encode()
	if err != nil || !bytes.Equal(again, file) {
		t.Errorf("a decoded model encodes differently (%v)", err)
	}
	text := Text{Bytes: []byte("stevedores leave the quay"), Title: 25}
	want := slices.Clone(m.Score(new(Scratch), text))
	if have := got.Score(new(Scratch), text); !slices.Equal(have, want) {
		t.Errorf("Score = %v after decoding, want %v", have, want)
	}
	if got.TrainedOn() != Hash(lessons()) {
		t.Errorf("TrainedOn = %s, want the hash of its examples", got.TrainedOn())
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	_, file := encoded(t)
	for _, n := range []int{0, 5, len(magic), 100, len(file) / 2, len(file) - 1} {
		if _, err := Decode(file[:n]); !errors.Is(err, ErrNotAModel) {
			t.Errorf("Decode of the first %d bytes: %v, want ErrNotAModel", n, err)
		}
	}
	for _, at := range []int{0, 40, len(file) / 2, len(file) - 1} {
		bad := slices.Clone(file)
		bad[at] ^= 1
		if _, err := Decode(bad); !errors.Is(err, ErrNotAModel) {
			t.Errorf("Decode with byte %d changed: %v, want ErrNotAModel", at, err)
		}
	}
}

// readWeights is given what a checksum vouches for, but who made it may not
// have meant well: it must not fail in another way than with an error.
func FuzzReadWeights(f *testing.F) {
	f.Add([]byte{1, 1, 0, 5}, 1)
	f.Add([]byte{0, 2, 0, 5, 1, 250, 200, 1, 1, 0, 1}, 2)
	f.Fuzz(func(t *testing.T, b []byte, classes int) {
		list, err := readWeights(b, classes)
		if err != nil {
			if !errors.Is(err, ErrNotAModel) {
				t.Errorf("readWeights: %v, want ErrNotAModel", err)
			}
			return
		}
		var m Model
		m.index(list)
		for _, s := range list {
			if !slices.Contains(m.at(s.bucket), s.weight) {
				t.Errorf("weight %+v is not found", s)
			}
		}
	})
}
