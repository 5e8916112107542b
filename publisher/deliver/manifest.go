package deliver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// manifest names the files that deliveries wrote, with what they look like. It
// stays the text that it was read as, where that was: most of it is copied when it
// is written again, and it is larger than all else that a delivery holds. What is
// asked for most is in the order of the names. It is safe for concurrent use.
type manifest struct {
	from   io.ReaderAt // nil: there is none
	size   int64
	sum    uint64  // of the text
	at     []int64 // where it names each file, in the order of the names
	blanks []int   // those of whose bytes it says nothing; see blank

	mu    sync.Mutex
	page  []byte // what was read last, from begin on
	begin int64
	err   error // why something could not be read again
}

// pageSize is how much of a manifest is read at a time.
const pageSize = 16 << 10

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
// understood. The manifest reads on from what it was read from, or from memory
// where it was not written as we write it.
func decodeManifest(from io.ReaderAt, size int64) (*manifest, error) {
	if m, ok := parse(from, size, false); ok {
		return m, nil
	}
	records := map[string]record{}
	if err := json.NewDecoder(io.NewSectionReader(from, 0, size)).Decode(&records); err != nil {
		return &manifest{}, fmt.Errorf("%w: %w", errManifest, err)
	}
	delete(records, manifestName)
	return newManifest(records)
}

// newManifest returns the manifest of some records.
func newManifest(records map[string]record) (*manifest, error) {
	return (&manifest{}).with(func(yield func(edit) bool) {
		for _, name := range slices.Sorted(maps.Keys(records)) {
			if !yield(edit{name: name, record: records[name]}) {
				return
			}
		}
	})
}

// with returns a manifest with edits, in memory.
func (m *manifest) with(edits iter.Seq[edit]) (*manifest, error) {
	var text strings.Builder
	text.Grow(int(m.size))
	if _, err := m.write(&text, edits); err != nil {
		return &manifest{}, err
	}
	for _, any := range []bool{false, true} { // the former needs no copy
		if out, ok := parse(strings.NewReader(text.String()), int64(text.Len()), any); ok {
			return out, nil
		}
	}
	return &manifest{}, errManifest
}

// missing reports whether there is no manifest at all.
func (m *manifest) missing() bool { return m.from == nil }

// state tells manifests apart; "": there is none.
func (m *manifest) state() string {
	if m.missing() {
		return ""
	}
	return stateOf(m.sum)
}

func stateOf(sum uint64) string { return strconv.FormatUint(sum, 16) }

// part lends a part of the text to use; none if it cannot be read any more, see
// failed.
func (m *manifest) part(from, to int64, use func(text []byte)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if from < m.begin || to > m.begin+int64(len(m.page)) {
		size := min(max(pageSize, to-from), m.size-from)
		m.page = slices.Grow(m.page[:0], int(size))[:size]
		m.begin = from
		if n, err := m.from.ReadAt(m.page, from); n < len(m.page) {
			m.page, m.err = m.page[:0], err
			use(nil)
			return
		}
	}
	use(m.page[from-m.begin : to-m.begin])
}

// failed returns why some of the text could not be read.
func (m *manifest) failed() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return fmt.Errorf("read the manifest again: %w", m.err)
	}
	return nil
}

// end returns where the text ends that is about the file before the n-th.
func (m *manifest) end(n int) int64 {
	if n < len(m.at) {
		return m.at[n] - int64(len(between))
	}
	return m.size - int64(len("\n}"))
}

// name returns the name of the n-th file. Every name is asked for, and few of the
// records: most names are shorter than some bytes that a record begins with.
func (m *manifest) name(n int) (name string) {
	whole := false
	for from, end, some := m.at[n], m.end(n+1), int64(64); !whole; some *= 8 {
		m.part(from, min(from+some, end), func(text []byte) {
			p := parser{rest: text, any: true}
			said, ended := p.text()
			if whole = ended || from+some >= end || len(text) == 0; whole {
				name = string(unquote(said))
			}
		})
	}
	return name
}

// entries returns what the text says of some files, from the first on and before
// the end.
func (m *manifest) entries(first, end int) (_ io.Reader, size int64) {
	size = m.end(end) - m.at[first]
	return io.NewSectionReader(m.from, m.at[first], size), size
}

// blank reports whether nothing is said of the bytes of the n-th file: a
// delivery that was to write or remove it did not come to its end.
func (m *manifest) blank(n int) bool {
	_, is := slices.BinarySearch(m.blanks, n)
	return is
}

// record returns what is said of the n-th file.
func (m *manifest) record(n int) (r record) {
	m.part(m.at[n], m.end(n+1), func(text []byte) {
		p := parser{rest: text, any: true}
		_, _ = p.text() // parse has read all of it, and failed tells what cannot be read again
		p.skip(beforeHash)
		w, _ := p.record()
		r = w.record()
	})
	return r
}

// find returns the place of a name, and whether it is there; it is not before
// from.
func (m *manifest) find(name string, from int) (int, bool) {
	// Most are asked for in their order, and are not far.
	end, step := from, 1
	for end < len(m.at) && m.name(end) < name {
		from, end, step = end+1, end+step, 2*step
	}
	end = min(end, len(m.at))
	n := from + sort.Search(end-from, func(i int) bool { return m.name(from+i) >= name })
	return n, n < len(m.at) && m.name(n) == name
}

// seeker finds one name after the other: best in their order, for most of a
// manifest is not in memory.
type seeker struct {
	*manifest
	at int // where the last one is, or would be
}

// find is [manifest.find] from where the last one is.
func (s *seeker) find(name string) (int, bool) {
	if s.at > 0 && s.name(s.at-1) >= name {
		s.at = 0
	}
	var there bool
	s.at, there = s.manifest.find(name, s.at)
	return s.at, there
}

// of returns what is said of a file.
func (s *seeker) of(name string) (record, bool) {
	n, there := s.find(name)
	if !there {
		return record{}, false
	}
	return s.record(n), true
}
