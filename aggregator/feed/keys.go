package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
)

// maxKey bounds a key, in bytes; a longer identifier is hashed.
const maxKey = 250

// giveKeys sets the key of every entry: its own identifier if it has one, else
// its address, else a hash of its text. An identifier that several entries
// share is told apart by address or title, because generators exist that give
// every entry the same one. A key means nothing outside its source (S25).
func (p *parser) giveKeys(entries []Entry) {
	shared := make(map[string]int, len(entries))
	for i := range entries {
		shared[entries[i].GUID]++
	}
	used := make(map[string]int, len(entries))
	for i := range entries {
		e := &entries[i]
		key := plainKey(e.GUID)
		switch {
		case key != "" && shared[e.GUID] > 1:
			p.repairs.add(repairDuplicateID)
			e.apart = true
			key += " " + usable(e.URL, shortHash(e.Title), shortHash(e.Summary))
		case key == "" && e.URL != "":
			key = e.URL
		case key == "":
			key = "sha256:" + contentHash(e)
		}
		key = boundKey(key)
		// What is still the same is an exact double, or two texts under one
		// address: the first keeps the key, the others are told apart by text.
		if used[key]++; used[key] > 1 {
			e.apart = true
			key = boundKey(key + " " + contentHash(e)[:16])
			if used[key]++; used[key] > 1 {
				key = boundKey(key + " " + strconv.Itoa(used[key]))
			}
		}
		e.Key = key
	}
}

// plainKey returns an identifier without the white space and control
// characters that would make it differ from itself.
func plainKey(s string) string {
	if isCollapsed(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

func boundKey(s string) string {
	if len(s) <= maxKey {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func shortHash(s string) string {
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// contentHash identifies an entry that has neither identifier nor address.
func contentHash(e *Entry) string {
	d := newDigest()
	d.write(e.Title, e.Summary, e.Content)
	return d.sum(sha256.Size)
}

// rawHash covers every field that a change of the entry can show in.
func rawHash(e *Entry) string {
	d := newDigest()
	d.write(e.GUID, e.URL, e.Title, e.DateText, strconv.FormatInt(e.Published.Unix(), 10), strconv.FormatInt(e.Updated.Unix(), 10),
		e.Author, e.Content, e.Summary, e.Base, e.Language, e.Image, e.SourceTitle, e.SourceURL)
	d.write(e.Categories...)
	for _, enc := range e.Enclosures {
		d.write(enc.URL, enc.Type, strconv.FormatInt(enc.Length, 10))
	}
	return d.sum(16)
}

// digest hashes texts. They are copied into one buffer that is used again: the
// hash takes bytes, and would have a copy made of every text.
type digest struct{ b []byte }

var digests = sync.Pool{New: func() any { return new(digest) }}

func newDigest() *digest {
	d := digests.Get().(*digest)
	d.b = d.b[:0]
	return d
}

// write adds each text with its length, so that no two lists of texts are the
// same bytes.
func (d *digest) write(texts ...string) {
	for _, s := range texts {
		d.b = strconv.AppendInt(d.b, int64(len(s)), 10)
		d.b = append(append(d.b, ':'), s...)
	}
}

// sum returns the first n bytes of the hash in hexadecimal, and ends the use of d.
func (d *digest) sum(n int) string {
	sum := sha256.Sum256(d.b)
	digests.Put(d)
	return hex.EncodeToString(sum[:n])
}
