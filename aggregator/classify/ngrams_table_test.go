package classify

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "make data/ngrams.table of data/ngrams.bin")

// The table that is compiled in is what the statistics beside it give.
func TestLetterTableIsWhatTheStatisticsGive(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: goes through all of what is bundled")
	}
	packed, err := os.ReadFile("data/ngrams.bin")
	if err != nil {
		t.Fatal(err)
	}
	var unpacked bytes.Buffer
	if _, err := unpacked.ReadFrom(flate.NewReader(bytes.NewReader(packed))); err != nil {
		t.Fatal(err)
	}
	table := layOut(unpacked.Bytes())
	if *update {
		if err := os.WriteFile("data/ngrams.table", table, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(table) != letterTable {
		t.Error("data/ngrams.table is not what data/ngrams.bin gives; go test -run LetterTable -update")
	}
}

// layOut builds the table in two passes: one decodes and counts, one puts the
// costs of an n-gram side by side.
func layOut(data []byte) []byte {
	type slot struct{ key, first uint32 }
	type entry struct {
		slot       int
		lang, cost byte
	}
	slots := make([]slot, gramSlots)
	var langs []string
	var entries []entry
	eachGram(data, func(lang string, g []byte, cost byte) {
		if len(langs) == 0 || langs[len(langs)-1] != lang {
			langs = append(langs, lang)
		}
		i, key := place(hashGram(g))
		for slots[i].key != 0 && slots[i].key != key {
			i = (i + 1) % gramSlots
		}
		slots[i].key = key
		slots[i].first++
		entries = append(entries, entry{i, byte(len(langs) - 1), cost})
	})
	at := uint32(0)
	for i := range slots {
		at += slots[i].first
		slots[i].first = at
	}
	// Filling backwards leaves each first at the first cost of its n-gram, and
	// what is filled first is last.
	costs := make([]byte, costSize*at)
	filled := make([]bool, gramSlots)
	for _, e := range entries {
		if !filled[e.slot] {
			filled[e.slot] = true
			e.lang |= lastCost
		}
		slots[e.slot].first--
		copy(costs[costSize*slots[e.slot].first:], []byte{e.lang, e.cost})
	}
	out := []byte(strings.Join(langs, " ") + "\n")
	for _, s := range slots {
		out = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(out, s.key), s.first)
	}
	return append(out, costs...)
}

// eachGram decodes what internal/langgen wrote.
func eachGram(data []byte, do func(lang string, g []byte, cost byte)) {
	for len(data) > 0 {
		n := int(data[0])
		lang := string(data[1 : 1+n])
		data = data[1+n:]
		count, n := binary.Uvarint(data)
		data = data[n:]
		var text []byte
		for range count {
			same, more := int(data[0]), int(data[1])
			text = append(text[:same], data[2:2+more]...)
			do(lang, text, data[2+more])
			data = data[3+more:]
		}
	}
}

func hashGram(g []byte) uint64 {
	h := gramSeed
	for len(g) > 0 {
		r, n := utf8.DecodeLastRune(g)
		h = hashStep(h, r)
		g = g[:len(g)-n]
	}
	return h
}
