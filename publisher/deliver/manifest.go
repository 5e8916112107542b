package deliver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// manifest names the files that deliveries wrote, with what they look like. It
// stays the text that it was read as: most of it is copied when it is written
// again.
type manifest struct {
	text   string
	at     []span // what it says of each file, in the order of the names
	blanks []int  // those of whose bytes it says nothing; see blank
}

// span says where something begins in the text and ends: the name of a file,
// with its quotes.
type span struct{ from, to int }

// record is how a file was left: a file that looks different was touched by
// someone else.
type record struct {
	Hash string `json:"hash"` // of the file's source, as its ETag
	looks
	Sum      string `json:"sha256"`             // of the bytes, for mirrors
	Revision int64  `json:"revision,omitempty"` // of the story that it is the page of; see [publisher.File]
	headers
}

// looks are what a place says of a file without reading it.
type looks struct {
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"`      // nanoseconds since the epoch, as the place says
	Tag      string `json:"tag,omitempty"` // of the bytes, as a store says; what it is made of is the store's business
}

// headers are what a store says to readers of an object; a folder has none.
type headers struct {
	Type     string `json:"type,omitempty"`
	Cache    string `json:"cache,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

// errManifest is why nothing is known of earlier deliveries although there is a
// manifest.
var errManifest = errors.New("the manifest cannot be read")

// decodeManifest returns an empty manifest and errManifest if it cannot be
// understood. size is about how long it is.
func decodeManifest(from io.Reader, size int64) (*manifest, error) {
	var text strings.Builder // its string is not copied
	text.Grow(int(min(max(size, 0), 1<<30)))
	if _, err := io.Copy(&text, from); err != nil {
		return &manifest{}, fmt.Errorf("%w: %w", errManifest, err)
	}
	if m, ok := parse(text.String(), false); ok {
		return m, nil
	}
	records := map[string]record{}
	if err := json.NewDecoder(strings.NewReader(text.String())).Decode(&records); err != nil {
		return &manifest{}, fmt.Errorf("%w: %w", errManifest, err)
	}
	delete(records, manifestName)
	return newManifest(records)
}

// newManifest returns the manifest of some records.
func newManifest(records map[string]record) (*manifest, error) {
	var text strings.Builder
	_, err := (&manifest{}).write(&text, func(yield func(edit) bool) {
		for _, name := range slices.Sorted(maps.Keys(records)) {
			if !yield(edit{name: name, record: records[name]}) {
				return
			}
		}
	})
	if err != nil {
		return &manifest{}, err
	}
	m, ok := parse(text.String(), true)
	if !ok {
		return &manifest{}, errManifest
	}
	return m, nil
}

// missing reports whether there is no manifest at all.
func (m *manifest) missing() bool { return m.text == "" }

// state tells manifests apart; "": there is none.
func (m *manifest) state() string {
	if m.missing() {
		return ""
	}
	return stateOf(xxhash.Sum64String(m.text))
}

func stateOf(sum uint64) string { return strconv.FormatUint(sum, 16) }

// name returns the name of the n-th file.
func (m *manifest) name(n int) string { return unquote(m.text[m.at[n].from+1 : m.at[n].to-1]) }

// entries returns what the text says of some files, from the first on and before
// the end.
func (m *manifest) entries(first, end int) string {
	if end < len(m.at) {
		return m.text[m.at[first].from : m.at[end].from-len(between)]
	}
	return m.text[m.at[first].from : len(m.text)-len("\n}")]
}

// blank reports whether nothing is said of the bytes of the n-th file: a
// delivery that was to write or remove it did not come to its end.
func (m *manifest) blank(n int) bool {
	_, is := slices.BinarySearch(m.blanks, n)
	return is
}

// record returns what is said of the n-th file.
func (m *manifest) record(n int) record {
	p := parser{rest: m.text[m.at[n].to+len(beforeHash):], any: true}
	r, _ := p.record()
	for _, s := range []*string{&r.Hash, &r.Tag, &r.Sum, &r.Type, &r.Cache, &r.headers.Encoding} {
		*s = unquote(*s)
	}
	return r
}

// find returns the place of a name, and whether it is there; it is not before
// from.
func (m *manifest) find(name string, from int) (int, bool) {
	n := from
	if n < len(m.at) && m.name(n) < name { // most are asked for in their order
		n += 1 + sort.Search(len(m.at)-n-1, func(i int) bool { return m.name(n+1+i) >= name })
	}
	return n, n < len(m.at) && m.name(n) == name
}

// of returns what is said of a file.
func (m *manifest) of(name string) (record, bool) {
	n, there := m.find(name, 0)
	if !there {
		return record{}, false
	}
	return m.record(n), true
}
