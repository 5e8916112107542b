package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/pack"
)

// forms are the encodings of a file, each made once.
type forms struct {
	squeeze  bool
	identity *form
	gzip     func() *form // nil: not smaller
	brotli   func() *form
}

// form is one encoding of a file, as its headers say it.
type form struct {
	body     []byte
	etag     []string
	length   []string
	encoding []string // nil: identity

	full, brief heads // of a 200 and of a 304
}

// heads keeps the bytes of the headers of an answer, once it was given.
type heads struct{ bytes atomic.Pointer[[]byte] }

func newForm(body []byte, etag, encoding string) *form {
	f := &form{body: body, etag: []string{etag}, length: []string{strconv.Itoa(len(body))}}
	if encoding != "" {
		f.encoding = []string{encoding}
	}
	return f
}

// What the tag of an encoded form ends with, before the quote.
const gzipTag, brotliTag = "-gz", "-br"

// newForms returns the forms of a file that holds body. Each has an ETag of
// its own: a strong validator promises equal bytes (F11, RFC 9110 section
// 8.8.3.3).
func newForms(f *publisher.File, body []byte, b *box) *forms {
	tag := b.mark(strings.TrimSuffix(f.ETag, `"`))
	if b != nil {
		body = bytes.Replace(body, b.spot, b.html, 1)
	}
	squeezed := func(suffix, encoding string, pack func([]byte) []byte) func() *form {
		return sync.OnceValue(func() *form {
			b := pack(body)
			if b == nil || len(b) >= len(body) {
				return nil
			}
			return newForm(b, tag+suffix+`"`, encoding)
		})
	}
	return &forms{
		squeeze: pack.Worth(f.Type, len(body)), identity: newForm(body, tag+`"`, ""),
		gzip: squeezed(gzipTag, "gzip", pack.Gzip), brotli: squeezed(brotliTag, "br", pack.Brotli),
	}
}

// choose returns the form that the request prefers (F14).
func (a *forms) choose(r *http.Request) *form {
	accept := r.Header["Accept-Encoding"]
	if len(accept) == 0 || !a.squeeze {
		return a.identity
	}
	br, gz := accepts(accept)
	if br {
		if f := a.brotli(); f != nil {
			return f
		}
	}
	if gz {
		if f := a.gzip(); f != nil {
			return f
		}
	}
	return a.identity
}

// shelf keeps the forms of the pages that were asked for last, of those whose
// bytes are made when asked for.
type shelf struct{ recent *lru.Cache[*page, *forms] }

// shelfPages is how many pages a shelf keeps: what is read these days, not
// what a crawler walks through. A page of a story takes some 20 KB.
const shelfPages = 512

func newShelf() shelf {
	recent, err := lru.New[*page, *forms](shelfPages)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	return shelf{recent}
}

// of returns the forms of a page. It returns an error if its bytes cannot be
// made.
func (s shelf) of(p *page) (*forms, error) {
	if p.forms != nil {
		return p.forms, nil
	}
	if f, ok := s.recent.Get(p); ok {
		return f, nil
	}
	// Two requests that meet here make the same thing twice, which is all that
	// happens.
	body, err := p.file.Bytes()
	if err != nil {
		return nil, err
	}
	f := newForms(p.file, body, p.box)
	s.recent.Add(p, f)
	return f, nil
}
