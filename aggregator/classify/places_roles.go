package classify

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// What the words beside a name do to what it is worth. They tell whether it
// says where something happened, who did it, or merely who speaks.
const (
	roleWithin    = 1.6  // times: "in Somalia" says where, "Canadian" says who
	roleAgainst   = 1.3  // times: "sanctions on Iran", "crackdown on Tibetans"
	roleSeat      = 0.5  // times: a seat of courts and organisations says little anywhere
	roleCompound  = 0.3  // times: "London-based", "Saudi-led", "Canadian-born"
	roleSpeaker   = 0.6  // times: "the US embassy", "a French official"
	roleNational  = 0.7  // times: "an American hostage", "a Syrian colonel": who, not where
	rolePublisher = 0.3  // times: the outlet's name behind a headline
	roleBody      = 0.7  // times: "the Supreme Court of India", "Bank of Japan"
	roleUniversal = 0.85 // times: of countries that news of any other mentions
)

// universal are countries whose governments and outlets are named in news about
// any other.
var universal = map[string]bool{"US": true, "GB": true}

// wordSet makes a set of the words of a text.
func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[fold(w)] = true
	}
	return set
}

// withinWords are the prepositions that say where, by language; those of ""
// hold for every language.
var withinWords = map[string]map[string]bool{
	"":   wordSet("in inside across throughout"),
	"es": wordSet("en"),
	"fr": wordSet("en au aux dans"),
	"pt": wordSet("em no na nos nas"),
	"de": wordSet("im"),
	"it": wordSet("in nel nella nei negli nelle"),
	"id": wordSet("di"),
	"ms": wordSet("di"),
	"tl": wordSet("sa"),
	"sv": wordSet("i"),
	"da": wordSet("i"),
	"nb": wordSet("i"),
	"ru": wordSet("в во"),
	"uk": wordSet("в у"),
	"pl": wordSet("w we"),
	"cs": wordSet("v ve"),
	"ro": wordSet("în"),
	"ar": wordSet("في"),
	"fa": wordSet("در"),
	"sw": wordSet("nchini"),
	"vi": wordSet("ở tại"),
}

// withinAfter are the postpositions that say so.
var withinAfter = map[string]map[string]bool{
	"hi": wordSet("में"),
	"ne": wordSet("मा"),
	"ur": wordSet("میں"),
}

// againstWords say at whom something is aimed.
var againstWords = wordSet("on against contra contre gegen")

// compounds end a word that only says where something comes from.
var compounds = wordSet(`based born headquartered registered led backed made owned trained funded supplied linked aligned allied style
	brokered mediated sponsored`)

// speakerNouns follow a name where a government speaks or acts from outside.
var speakerNouns = wordSet(`embassy embassies ambassador ambassadors envoy envoys consulate consul diplomat diplomats official officials
	secretary senator senators lawmaker lawmakers congressman congresswoman delegation treasury`)

// nationalNouns follow a people's name where it says whose citizen somebody is.
var nationalNouns = wordSet(`national nationals citizen citizens man men woman women couple family journalist journalists reporter
	reporters photographer activist activists hostage hostages tourist tourists soldier soldiers troops colonel general officer officers
	militant militants fighter fighters jihadist mercenary mercenaries pilot sailor sailors missionary nun priest aid doctor engineer
	student students teacher businessman businesswoman tycoon investor investors firm firms company companies giant retailer brand brands
	bank banks group manufacturer passport passports expatriate expatriates émigré exile exiles dissident peacekeepers contractors
	bürger staatsangehörige journalist journalistin soldaten unternehmen konzern firma`)

// nationalBefore stand before the people's name in languages that put the noun
// first.
var nationalBefore = wordSet(`ciudadano ciudadana ciudadanos periodista periodistas activista activistas soldado soldados turista empresa
	empresas compañía rehén ressortissant ressortissante ressortissants journaliste journalistes militant militante soldat soldats
	entreprise entreprises otage cidadão cidadã cidadãos jornalista jornalistas ativista ativistas warga jurnalis aktivis tentara
	perusahaan cittadino cittadina giornalista giornalisti attivista azienda`)

// role says what the words beside a name do to what it is worth, and by how much
// its country comes after others for it.
func role(f *folded, h placeHit, lang string) (worth, order float64) {
	worth, order = 1, 1
	before, after := wordBeside(f.b, int(h.start), -1), wordBeside(f.b, int(h.end), 1)
	switch {
	case bytes.HasPrefix(f.b[h.end:], []byte("-")) && compounds[string(wordAt(f.b, int(h.end)+1))]:
		return roleCompound, 1
	case withinWords[""][string(before)], withinWords[lang][string(before)], withinAfter[lang][string(after)]:
		worth *= roleWithin
	case againstWords[string(before)] && int(h.start) < f.title:
		worth *= roleAgainst
	}
	switch {
	case speakerNouns[string(after)]:
		order *= roleSpeaker
	case h.term.kind == placePeople && (nationalNouns[string(after)] || nationalBefore[string(before)]):
		order *= roleNational
	}
	if h.term.seat && h.term.kind == placeCity {
		worth *= roleSeat
	}
	if string(before) == "of" && h.term.kind == placeName && capitalBefore(f, int(h.start)-len(" of ")) {
		order *= roleBody
	}
	if universal[h.code] {
		order *= roleUniversal
	}
	if inPublisher(f, h) {
		worth *= rolePublisher
	}
	return worth, order
}

// capitalBefore reports whether the word that ends at b[at] starts with a capital
// letter.
func capitalBefore(f *folded, at int) bool {
	start := max(at, 0)
	for wordBefore(f.b, start) {
		_, n := utf8.DecodeLastRune(f.b[:start])
		start -= n
	}
	return start < at && f.isUpper(start)
}

// wordBeside returns the word that one space parts from position at: before it
// if step is -1, after it if it is 1; nil if there is none.
func wordBeside(b []byte, at, step int) []byte {
	if step > 0 {
		if at >= len(b) || b[at] != ' ' {
			return nil
		}
		return wordAt(b, at+1)
	}
	if at < 1 || b[at-1] != ' ' {
		return nil
	}
	start := at - 1
	for wordBefore(b, start) {
		_, n := utf8.DecodeLastRune(b[:start])
		start -= n
	}
	return b[start : at-1]
}

// wordAt returns the word that starts at b[at].
func wordAt(b []byte, at int) []byte {
	end := at
	for wordAfter(b, end) {
		_, n := utf8.DecodeRune(b[end:])
		end += n
	}
	return b[at:end]
}

// maxPublisher bounds the name of an outlet, in words.
const maxPublisher = 5

// inPublisher reports whether a name is part of what an aggregator puts behind a
// headline, the outlet's name: "Court frees reporter - Bangkok Times". A place
// alone there is one: "Three dead in clash - Nigeria".
func inPublisher(f *folded, h placeHit) bool {
	if int(h.start) >= f.title {
		return false
	}
	title := f.b[:f.title]
	tail := 0
	for _, sep := range []string{" - ", " – ", " — ", " | "} {
		if i := bytes.LastIndex(title, []byte(sep)); i > 0 {
			tail = max(tail, i+len(sep))
		}
	}
	if tail < f.title/3 || int(h.start) < tail || int(h.start) == tail && int(h.end) == f.title {
		return false
	}
	words := 0
	for i := tail; i < f.title; i++ {
		if i > tail && title[i-1] != ' ' {
			continue
		}
		if words++; !f.isUpper(i) && !particles[string(wordAt(title, i))] {
			return false
		}
	}
	return words <= maxPublisher
}

// particles are the words that names of outlets do not capitalise.
var particles = wordSet("of the and de du la le el do da di del und der die")
