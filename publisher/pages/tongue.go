package pages

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// tag returns a BCP 47 tag in canonical form, or "" when it is none or says
// that nothing is known: lang="und" would tell a screen reader less than no
// lang at all.
func tag(s string) string { return tongueOf(s).tag }

// direction returns the dir attribute for text in a language: the likely
// script decides, so ku is left to right and ckb is right to left. Text in an
// unknown language is judged by the browser, from its own letters.
func direction(lang string) string { return tongueOf(lang).dir }

// languageName is the English name of a language, its tag when it has none,
// and "" when the language is not known.
func languageName(s string) string { return tongueOf(s).name }

// tongue is what pages say about a language.
type tongue struct{ tag, dir, name string }

// tongues keeps what reading a tag found: a wire has a few dozen of them and
// every page asks for several. Feeds send what they like, so it is bounded.
var tongues struct {
	sync.RWMutex
	kept map[string]tongue
}

const (
	tonguesSize = 1024
	tagSize     = 64 // bytes; no tag in use is half as long
)

func tongueOf(s string) tongue {
	if s == "" {
		return tongue{dir: "auto"}
	}
	if len(s) > tagSize {
		return readTongue(s)
	}
	tongues.RLock()
	t, ok := tongues.kept[s]
	tongues.RUnlock()
	if ok {
		return t
	}
	t = readTongue(s)
	tongues.Lock()
	defer tongues.Unlock()
	if tongues.kept == nil || len(tongues.kept) >= tonguesSize {
		tongues.kept = map[string]tongue{}
	}
	tongues.kept[strings.Clone(s)] = t // not the feed that s may be a part of
	return t
}

func readTongue(s string) tongue {
	t, err := language.Parse(s)
	if err != nil || t == language.Und {
		return tongue{dir: "auto"}
	}
	out := tongue{tag: t.String(), dir: "ltr"}
	if script, _ := t.Script(); rightToLeft[script.String()] {
		out.dir = "rtl"
	}
	base, _ := t.Base()
	if out.name = languages.Name(base); out.name == "" {
		out.name = out.tag
	}
	return out
}

// rightToLeft are the scripts that run that way and that news is written in.
var rightToLeft = map[string]bool{
	"Arab": true, "Hebr": true, "Syrc": true, "Thaa": true, "Nkoo": true, "Adlm": true, "Rohg": true, "Mand": true, "Samr": true,
}

// languages names languages in English, the language of the pages' own words.
var languages = display.English.Languages()
