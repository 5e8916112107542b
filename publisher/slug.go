package publisher

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/rightswire/rightswire/news"
)

var notSafe = regexp.MustCompile(`[^a-z0-9]+`)

// safeID reports whether an id is a plain lower-case name: letters, digits, "_"
// and "-", with single dots between them, and a letter or digit first; at most
// 80 without the dots. A build asks it of every story, which is why it is no
// regular expression.
func safeID(id string) bool {
	size, dot := 0, false
	for i := range len(id) {
		c := id[i]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9', (c == '_' || c == '-') && i > 0:
			size, dot = size+1, false
		case c == '.' && i > 0 && !dot:
			dot = true
		default:
			return false
		}
	}
	return size > 0 && size <= 80 && !dot
}

// Slug returns the name that an id has in addresses and in files: the id
// itself if it is a plain lower-case name, and otherwise what is plain of it
// and a hash, so that no id leads out of its folder, meets another's file, or
// differs from it in case only (S31).
func Slug(id string) string {
	if safeID(id) && !news.Reserved(id) {
		return id
	}
	plain := strings.Trim(notSafe.ReplaceAllString(strings.ToLower(id), "-"), "-")
	sum := sha256.Sum256([]byte(id))
	return strings.TrimLeft(plain[:min(len(plain), 40)]+"-"+hex.EncodeToString(sum[:4]), "-")
}

// editionSpace is the namespace of the ids of editions. It is random and must
// never change: readers know feeds by what comes of it (F05).
var editionSpace = uuid.MustParse("8f0b7d1c-6a55-4e0e-9d0a-3f3d0c1f7a42")

// EditionID returns the id of the edition at a site path without extension.
// It depends on nothing else, so that it survives a new domain and a new
// title (F05).
func EditionID(path string) string {
	return "urn:uuid:" + uuid.NewSHA1(editionSpace, []byte(path)).String()
}
