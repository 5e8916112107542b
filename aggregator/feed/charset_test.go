package feed_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/rightswire/rightswire/aggregator/feed"
)

// encode returns an RSS document with the title, in an encoding; label goes
// into the XML declaration, none if it is empty.
func encode(t *testing.T, enc encoding.Encoding, label, title string) []byte {
	t.Helper()
	doc := `<rss version="2.0"><channel><title>` + title + `</title><item><title>` + title + `</title></item></channel></rss>`
	if label != "" {
		doc = `<?xml version="1.0" encoding="` + label + `"?>` + doc
	}
	b, err := enc.NewEncoder().Bytes([]byte(doc))
	if err != nil {
		t.Fatalf("encode %q: %v", title, err)
	}
	return b
}

func byName(t *testing.T, name string) encoding.Encoding {
	t.Helper()
	enc, _ := charset.Lookup(name)
	if enc == nil {
		t.Fatalf("charset.Lookup(%q) found nothing", name)
	}
	return enc
}

func TestParseDecidesTheEncoding(t *testing.T) {
	const (
		russian = "Права человека в мире и труд шахтёров"
		french  = "Grève générale à l’usine, où les salariés réclament"
		chinese = "工人罢工要求提高工资和改善工作条件"
		hebrew  = "זכויות האדם והעובדים בנמל חיפה ובכל הארץ היום"
	)
	utf8 := encoding.Nop
	tests := []struct {
		name, contentType, title string
		body                     []byte
		encoding                 string
		repair                   string
	}{
		{"plain UTF-8", "", russian, encode(t, utf8, "utf-8", russian), "utf-8", ""},
		{"UTF-8 with a byte order mark", "", russian, append([]byte("\xef\xbb\xbf"), encode(t, utf8, "", russian)...), "utf-8", ""},
		{"the declaration names the encoding", "", russian, encode(t, byName(t, "koi8-r"), "KOI8-R", russian), "koi8-r", ""},
		{"only the header names it", `text/xml; charset="windows-1251"`, russian, encode(t, byName(t, "windows-1251"), "", russian), "windows-1251", ""},
		{"the header beats a declaration that lies", "text/xml; charset=gbk", chinese, encode(t, byName(t, "gbk"), "utf-8", chinese), "gbk", ""},
		{"the bytes beat a header that lies", "text/xml; charset=windows-1252", russian, encode(t, utf8, "", russian), "utf-8", "encoding"},
		{"UTF-8 that claims to be UTF-16", "", russian, encode(t, utf8, "utf-16", russian), "utf-8", ""},
		{"UTF-16LE with a mark", "", chinese, encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16", chinese), "utf-16le", ""},
		{"UTF-16BE without a mark", "", chinese, encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "", chinese), "utf-16be", ""},
		{"UTF-32LE with a mark", "", chinese, encode(t, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "", chinese), "utf-32le", ""},
		{"UTF-32BE without a mark", "", french, encode(t, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "", french), "utf-32be", ""},
		{"seven bits with escapes", "", "労働者の権利", encode(t, byName(t, "iso-2022-jp"), "iso-2022-jp", "労働者の権利"), "iso-2022-jp", ""},
		{"nobody names windows-1252", "", french, encode(t, byName(t, "windows-1252"), "", french), "windows-1252", "encoding"},
		{"nobody names windows-1251", "", russian, encode(t, byName(t, "windows-1251"), "", russian), "windows-1251", "encoding"},
		{"nobody names koi8", "", russian, encode(t, byName(t, "koi8-r"), "", russian), "koi8-u", "encoding"},
		{"nobody names windows-1255", "", hebrew, encode(t, byName(t, "windows-1255"), "", hebrew), "windows-1255", "encoding"},
		{"nobody names shift_jis", "", "労働者のけんりとストライキのニュース", encode(t, byName(t, "shift_jis"), "", "労働者のけんりとストライキのニュース"), "shift_jis", "encoding"},
		{"nobody names euc-kr", "", "노동자의 권리와 파업 소식을 전합니다", encode(t, byName(t, "euc-kr"), "", "노동자의 권리와 파업 소식을 전합니다"), "euc-kr", "encoding"},
		{"nobody names gb18030", "", chinese, encode(t, byName(t, "gbk"), "", chinese), "gb18030", "encoding"},
		{"a few bad bytes in UTF-8", "", russian + " “x”", []byte(strings.Replace(string(encode(t, utf8, "utf-8", russian+" “x”")), "“x”", "\x93x\x94", 1)), "utf-8", "bad-bytes"},
		{"UTF-7 is never decoded", "text/xml; charset=utf-7", "+ADw-b+AD4-", encode(t, utf8, "utf-7", "+ADw-b+AD4-"), "utf-8", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := feed.Parse(tt.body, feed.Hints{Header: http.Header{"Content-Type": {tt.contentType}}})
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if d.Encoding != tt.encoding {
				t.Errorf("Encoding = %q, want %q", d.Encoding, tt.encoding)
			}
			if len(d.Entries) != 1 || d.Entries[0].Clean(feed.Limits{}).Title != tt.title && tt.repair != "bad-bytes" {
				t.Errorf("Entries = %+v, want one titled %q", d.Entries, tt.title)
			}
			if tt.repair != "" && !slices.Contains(d.Repairs, tt.repair) {
				t.Errorf("Repairs = %q, want %q among them", d.Repairs, tt.repair)
			}
		})
	}
}
