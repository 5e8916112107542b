// Command langgen makes data/ngrams.bin, the letter statistics that the
// language detector reads, from the language models that come with
// github.com/pemistahl/lingua-go (Apache License 2.0; see data/NOTICE).
//
// Those models are exact and large: a hundred megabytes on disk, one in
// memory. Of each language we keep the n-grams that running text uses most
// and one byte for each probability, which is a few megabytes in memory and
// hardly less accurate. Run it as `go generate` in aggregator/classify does;
// the result is the same on every run.
package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// gram is one n-gram of one language.
type gram struct {
	text  string
	cond  float64 // probability of its last letter after the ones before
	joint float64 // probability of the whole
}

func main() {
	models := flag.String("models", "", "`folder` with a model folder for each language")
	out := flag.String("o", "data/ngrams.bin", "`file` to write")
	langs := flag.String("langs", "", "space separated languages")
	keep := flag.String("keep", "200,1000,4000,4000,1500", "how many n-grams of each length to keep")
	flag.Parse()
	var limits [5]int
	if _, err := fmt.Sscanf(*keep, "%d,%d,%d,%d,%d", &limits[0], &limits[1], &limits[2], &limits[3], &limits[4]); err != nil {
		log.Fatalf("read -keep %q: %v", *keep, err)
	}
	var raw bytes.Buffer
	for _, lang := range strings.Fields(*langs) {
		grams, err := language(filepath.Join(*models, lang), limits)
		if err != nil {
			log.Fatalf("language %s: %v", lang, err)
		}
		write(&raw, lang, grams)
	}
	var packed bytes.Buffer
	z, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	z.Write(raw.Bytes())
	z.Close()
	if err := os.WriteFile(*out, packed.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d bytes, %d unpacked\n", *out, packed.Len(), raw.Len())
}

// language returns the n-grams to keep of one language, sorted by text.
func language(dir string, limits [5]int) ([]gram, error) {
	joint := map[string]float64{"": 1}
	var all []gram
	for n, name := range []string{"unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams"} {
		grams, err := read(filepath.Join(dir, name+".pb.bin.zip"))
		if err != nil {
			return nil, err
		}
		next := make(map[string]float64, len(grams))
		for i, g := range grams {
			_, size := utf8.DecodeLastRuneInString(g.text)
			grams[i].joint = g.cond * joint[g.text[:len(g.text)-size]]
			next[g.text] = grams[i].joint
		}
		joint = next
		slices.SortFunc(grams, func(a, b gram) int {
			return cmp.Or(cmp.Compare(b.joint, a.joint), cmp.Compare(a.text, b.text))
		})
		all = append(all, grams[:min(len(grams), limits[n])]...)
	}
	slices.SortFunc(all, func(a, b gram) int { return cmp.Compare(a.text, b.text) })
	return all, nil
}

// read reads one model: sets of n-grams that share a probability.
func read(path string) ([]gram, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	f, err := z.File[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	var grams []gram
	err = fields(data, func(num protowire.Number, v []byte, _ uint64) error {
		if num != 4 {
			return nil
		}
		p := 0.0
		return fields(v, func(num protowire.Number, v []byte, fixed uint64) error {
			if num == 1 {
				p = math.Float64frombits(fixed)
			} else if num == 2 {
				grams = append(grams, gram{text: string(v), cond: p})
			}
			return nil
		})
	})
	return grams, err
}

// fields calls do for every field of a protocol buffer message.
func fields(b []byte, do func(num protowire.Number, v []byte, fixed uint64) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		var v []byte
		var fixed uint64
		switch typ {
		case protowire.BytesType:
			v, n = protowire.ConsumeBytes(b)
		case protowire.Fixed64Type:
			fixed, n = protowire.ConsumeFixed64(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if err := do(num, v, fixed); err != nil {
			return err
		}
	}
	return nil
}

// write appends one language: its code, the number of n-grams, and each as
// the length it shares with the one before, the rest, and -16*ln(p) in a byte.
func write(w *bytes.Buffer, lang string, grams []gram) {
	w.WriteByte(byte(len(lang)))
	w.WriteString(lang)
	w.Write(binary.AppendUvarint(nil, uint64(len(grams))))
	last := ""
	for _, g := range grams {
		same := 0
		for same < len(last) && same < len(g.text) && last[same] == g.text[same] {
			same++
		}
		w.WriteByte(byte(same))
		w.WriteByte(byte(len(g.text) - same))
		w.WriteString(g.text[same:])
		w.WriteByte(byte(min(255, math.Round(-16*math.Log(g.cond)))))
		last = g.text
	}
}
