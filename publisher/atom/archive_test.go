package atom_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/atom"
	"github.com/rightswire/rightswire/publisher/internal/sample"
)

func TestF32_ArchiveDocumentsSayWhatTheyAre(t *testing.T) {
	ed := sample.Volume()
	ed.Site.Hub = "https://hub.example/"
	got := string(encode(t, ed))
	for _, want := range []string{
		`xmlns:fh="http://purl.org/syndication/history/1.0"`, `<fh:archive>`,
		`<link rel="self" type="application/atom+xml" href="https://wire.example` + ed.Volume + `">`,
		`<link rel="current" type="application/atom+xml" href="` + ed.SelfURL(publisher.Formats[1]) + `">`,
		`<link rel="prev-archive" type="application/atom+xml" href="https://wire.example` + ed.PrevVolume + `">`,
		`<link rel="next-archive" type="application/atom+xml" href="https://wire.example` + ed.NextVolume + `">`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, `rel="hub"`) {
		t.Error("an archive document names a hub, which will never send it")
	}
	ed.Volume, ed.NextVolume = "", ""
	if got := string(encode(t, ed)); strings.Contains(got, "fh:") || strings.Contains(got, "current") || !strings.Contains(got, "prev-archive") {
		t.Errorf("the edition itself is\n%s", got)
	}
}

// A tombstone takes the place of its entry, whatever text the others have, and
// nothing else moves.
func TestF36_RedactLeavesTheRestAlone(t *testing.T) {
	ed := sample.Volume()
	ed.Entries[1].Content = "<p>&lt;entry&gt;<code>&lt;/entry&gt;</code> ]]&gt; </p>"
	doc := encode(t, ed)
	gone := publisher.Deleted{ID: ed.Entries[0].ID, When: ed.Updated, Why: "Withdrawn."}
	got, err := atom.Redact(doc, []publisher.Deleted{gone, {ID: "urn:uuid:unknown"}})
	if err != nil {
		t.Fatal(err)
	}
	from := bytes.Index(doc, []byte("<entry"))
	to := bytes.Index(doc, []byte("</entry>")) + len("</entry>")
	if !bytes.HasPrefix(got, doc[:from]) || !bytes.HasSuffix(got, doc[to:]) || bytes.Contains(got, []byte(ed.Entries[0].Title)) {
		t.Errorf("redacted:\n%s", got)
	}
	if same, err := atom.Redact(got, []publisher.Deleted{gone}); err != nil || !bytes.Equal(same, got) {
		t.Errorf("redacted once more: %v\n%s", err, same)
	}
	if _, err := atom.Redact(doc[:to], []publisher.Deleted{gone}); err == nil {
		t.Error("half a document was redacted without an error")
	}
	sample.Golden(t, *update, "redacted.atom", got)
}
