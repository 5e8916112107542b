package deliver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/rightswire/rightswire/publisher"
)

// manifest names the files that deliveries wrote, with what they look like.
type manifest map[string]record

// record is how a file was left: a file that looks different was touched by
// someone else.
type record struct {
	Hash     string `json:"hash"`               // of the file's source, as its ETag
	Size     int64  `json:"size"`               //
	Modified int64  `json:"modified"`           // nanoseconds since the epoch, as the place says
	Tag      string `json:"tag,omitempty"`      // of the bytes, as a store says; what it is made of is the store's business
	Sum      string `json:"sha256"`             // of the bytes, for mirrors
	Revision int64  `json:"revision,omitempty"` // of the story that it is the page of; see [publisher.File]
	headers
}

// headers are what a store says to readers of an object; a folder has none.
type headers struct {
	Type     string `json:"type,omitempty"`
	Cache    string `json:"cache,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

// untouched reports whether a file still looks as it was left.
func (r record) untouched(now record) bool {
	return r.Size == now.Size && r.Modified == now.Modified && r.Tag == now.Tag
}

// errManifest is why nothing is known of earlier deliveries although there is a
// manifest.
var errManifest = errors.New("the manifest cannot be read")

// decodeManifest returns an empty manifest and errManifest if it cannot be
// understood.
func decodeManifest(from io.Reader) (manifest, error) {
	body, err := io.ReadAll(from)
	if err != nil {
		return manifest{}, fmt.Errorf("%w: %w", errManifest, err)
	}
	m, ok := parse(body)
	if !ok {
		m = manifest{}
		if err := json.NewDecoder(bytes.NewReader(body)).Decode(&m); err != nil {
			return manifest{}, fmt.Errorf("%w: %w", errManifest, err)
		}
	}
	delete(m, manifestName)
	return m, nil
}

// describer says what the place keeps about a file.
type describer = func(*publisher.File, Encoding) headers
