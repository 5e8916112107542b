package publisher_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/atom"
	"github.com/rightswire/rightswire/publisher/internal/sample"
	"github.com/rightswire/rightswire/publisher/jsonfeed"
	"github.com/rightswire/rightswire/publisher/rss"
)

func TestOnceMakesEachThingOnce(t *testing.T) {
	type key struct{ n int }
	m, calls := &publisher.Memo{}, 0
	count := func() (int, error) { calls++; return calls, nil }
	for _, tt := range []struct {
		name string
		memo *publisher.Memo
		key  any
		want int
	}{
		{"the first time", m, key{1}, 1},
		{"again", m, key{1}, 1},
		{"another key", m, key{2}, 2},
		{"another memo", &publisher.Memo{}, key{1}, 3},
		{"no memo", nil, key{1}, 4},
		{"still no memo", nil, key{1}, 5},
	} {
		if got, err := publisher.Once(tt.memo, tt.key, count); got != tt.want || err != nil {
			t.Errorf("%s: Once = %d, %v; want %d", tt.name, got, err, tt.want)
		}
	}
	torn := errors.New("torn")
	if _, err := publisher.Once(m, key{3}, func() (int, error) { return 0, torn }); err != torn {
		t.Errorf("Once = %v, want %v", err, torn)
	}
	if got, err := publisher.Once(m, key{3}, count); got != 6 || err != nil {
		t.Errorf("Once after an error = %d, %v; want it to try again", got, err)
	}
}

// What an edition in one language left in the memos must not show in another.
func TestEditionsThatShareEntriesHaveTheBytesOfTheirOwn(t *testing.T) {
	shared := sample.Odd()
	for i := range shared.Entries {
		shared.Entries[i].Memo = &publisher.Memo{}
	}
	for name, encode := range map[string]publisher.Encoder{"rss": rss.Append, "atom": atom.Append, "json": jsonfeed.Append} {
		for _, lang := range []string{"en", "ar", "AR", "", "en"} {
			alone := sample.Odd()
			alone.Cut.Language, shared.Cut.Language = lang, lang
			want, err := encode(nil, alone)
			if err != nil {
				t.Fatal(err)
			}
			got, err := encode(nil, shared)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s in %q (-alone +shared)\n%s", name, lang, diff)
			}
		}
	}
}

// The encoders write each entry so that it is read once for all editions.
func TestF39_EncodersSayWhatTheyWroteOfAnEntry(t *testing.T) {
	for ext, encode := range map[string]publisher.Encoder{"rss": rss.Append, "atom": atom.Append, "json": jsonfeed.Append} {
		for _, ed := range []publisher.Edition{sample.Odd(), sample.Fifty()} {
			for i := range ed.Entries {
				ed.Entries[i].Memo = &publisher.Memo{}
			}
			for _, lang := range []string{"en", "ar"} {
				ed.Cut.Language = lang
				body, err := encode(nil, ed)
				if err != nil {
					t.Fatal(err)
				}
				if err := publisher.VerifyEdition(ext, body, ed.Entries); err != nil {
					t.Errorf("%s in %s: %v", ext, lang, err)
				}
				if n, want := len(publisher.FrameOf(ext, body, ed.Entries)), 1800+50*len(ed.Entries); n > want {
					t.Errorf("%s in %s: %d bytes of %d are read again, want less than %d", ext, lang, n, len(body), want)
				}
			}
		}
	}
}
