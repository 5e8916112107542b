package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// oneFile is a configuration of one file in memory.
type oneFile struct{ text string }

func (f *oneFile) Files(context.Context) []string                 { return []string{"config.yaml"} }
func (f *oneFile) Read(context.Context, string) (string, error)   { return f.text, nil }
func (f *oneFile) Save(_ context.Context, _, _, now string) error { f.text = now; return nil }
func (f *oneFile) Try(_ context.Context, _, text string) (Trial, error) {
	return Trial{Diff: "+" + text}, nil
}

// A session that ends during a long edit does not take the text with it, and
// what was meant to be saved is looked at once more first.
func TestATextOutlivesItsSession(t *testing.T) {
	file := &oneFile{text: "old"}
	b := newBench(t, func(o *Options) { o.Config = file })
	w := b.browser().in()
	form := url.Values{"csrf_token": {w.token("/admin/log")}, "file": {"config.yaml"}, "text": {"an hour of work"}, "base": {textHash("old")}, "tried": {textHash("an hour of work")}}
	b.clock.turn(time.Hour)
	a := w.post("/admin/config/save", form)
	if a.status != http.StatusForbidden || !strings.Contains(a.body, "log in in another tab") || strings.Contains(a.body, "an hour") {
		t.Errorf("without a session: %d\n%s", a.status, a.body)
	}
	w.in()
	a = w.post("/admin/config/save", form) // as the browser does that reloads
	if a.status != http.StatusOK || !strings.Contains(a.body, "an hour of work</textarea>") || !strings.Contains(a.body, "Nothing was saved") || file.text != "old" {
		t.Errorf("with another session: %d, the file is %q\n%s", a.status, file.text, a.body)
	}
	form.Set("csrf_token", w.token("/admin/log"))
	if a = w.post("/admin/config/save", form); a.status != http.StatusSeeOther || file.text != "an hour of work" {
		t.Errorf("saving it then: %d, the file is %q", a.status, file.text)
	}
}

// What an error begins with may be a name in any script.
func TestSentence(t *testing.T) {
	for in, want := range map[string]string{"": "", "no such file": "No such file.", "émile is no id": "Émile is no id.", "新 is no id": "新 is no id."} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q, want %q", in, got, want)
		}
	}
}

// An error that is not about a missing story is no missing page.
type brokenStories struct{ list }

type list = Stories // or it would hide the method of that name

func (brokenStories) Story(context.Context, string) (StoryFile, error) {
	return StoryFile{}, errors.New("the disk is full")
}

func TestAStoryThatCannotBeReadIsNotMissing(t *testing.T) {
	w := newBench(t, func(o *Options) { o.Stories = brokenStories{} }).browser().in()
	if a := w.get("/admin/stories/1"); a.status != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", a.status)
	}
}
