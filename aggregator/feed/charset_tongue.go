package feed

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/html/charset"
)

// tongue is how texts in a language were written before UTF-8. The zero value
// is a language of which that is not known.
type tongue struct {
	pairs    bool        // two bytes are a character
	charsets []candidate // the usual one first
}

// writing is a script, the encodings of its languages, and what is needed to
// tell those apart.
type writing struct {
	charsets string
	script   *unicode.RangeTable
	usual    string
	percent  int
}

var (
	western = writing{"windows-1252 macintosh", unicode.Latin, "", 0}
	central = writing{"windows-1250 iso-8859-2", unicode.Latin, "", 0}
	baltic  = writing{"windows-1257 iso-8859-13 iso-8859-4", unicode.Latin, "", 0}
	turkic  = writing{"windows-1254", unicode.Latin, "", 0}
	viet    = writing{"windows-1258", unicode.Latin, "", 0}
	slavic  = writing{"windows-1251 koi8-u ibm866 iso-8859-5 x-mac-cyrillic", unicode.Cyrillic, cyrillicVowels, 30}
	greek   = writing{"windows-1253 iso-8859-7", unicode.Greek, greekAccents, 6}
	hebrew  = writing{"windows-1255 iso-8859-8", unicode.Hebrew, "", 0}
	arabic  = writing{"windows-1256 iso-8859-6", unicode.Arabic, "", 0}
	thai    = writing{"windows-874", unicode.Thai, "", 0}
)

// russian has the letters of its neighbours' alphabets too, where they are not
// Ukrainian ones.
const russian = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"

// alphabets says how the languages are written, and with which letters beyond
// ASCII; "" stands for all of the script. English is in none of them: it has
// too few such letters to tell anything.
var alphabets = map[string]struct {
	writing
	letters string
}{
	"de": {western, "äöüßé"}, "fr": {western, "àâæçéèêëîïôœùûüÿ"}, "es": {western, "áéíóúüñç"},
	"pt": {western, "áâãàçéêíóôõúü"}, "it": {western, "àáèéìíîòóùú"}, "ca": {western, "àáçéèíïóòúüñ"},
	"gl": {western, "áéíóúüñç"}, "eu": {western, "áéíóúüñç"}, "nl": {western, "áàäâçéèëêíïóöúü"},
	"sv": {western, "åäöéà"}, "fi": {western, "åäöéšž"}, "da": {western, "æøåéö"}, "no": {western, "æøåéèòóôö"},
	"nb": {western, "æøåéèòóôö"}, "nn": {western, "æøåéèòóôö"}, "is": {western, "áæðéíóöúýþ"},
	"pl": {central, "ąćęłńóśźż"}, "cs": {central, "áčďéěíňóřšťúůýž"}, "sk": {central, "áäčďéíĺľňóôŕšťúýž"},
	"hu": {central, "áéíóöőúüű"}, "ro": {central, "ăâîșțşţ"}, "sl": {central, "čšžćđ"}, "hr": {central, "čšžćđ"},
	"bs": {central, "čšžćđ"}, "sr-latn": {central, "čšžćđ"}, "sq": {western, "çë"},
	"lt": {baltic, "ąčęėįšųūž"}, "lv": {baltic, "āčēģīķļņšūž"}, "et": {baltic, "äõöüšž"},
	"tr": {turkic, "çğıİöşüâîû"}, "ku": {turkic, "çêîşû"}, "vi": {viet, "ăâđêôơưáàãéèìíòóõùúýñ"},
	"ru": {slavic, russian}, "bg": {slavic, russian}, "uk": {slavic, russian + "іїєґ"}, "be": {slavic, russian + "іў"},
	"mk": {slavic, ""}, "sr": {slavic, ""}, "el": {greek, ""}, "he": {hebrew, ""}, "yi": {hebrew, ""},
	"ar": {arabic, ""}, "fa": {arabic, ""}, "ur": {arabic, ""}, "ps": {arabic, ""}, "th": {thai, ""},
}

// pairwise holds the languages whose characters take two bytes or more.
var pairwise = map[string]string{
	"zh": "gb18030 big5", "zh-tw": "big5 gb18030", "zh-hk": "big5 gb18030", "zh-mo": "big5 gb18030", "zh-hant": "big5 gb18030",
	"ja": "shift_jis euc-jp", "ko": "euc-kr",
}

var ownLanguage = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<(?:dc:)?language>\s*([a-z]{2,3}(?:[-_][a-z]+)*)|xml:lang\s*=\s*["']([a-z]{2,3}(?:[-_][a-z]+)*)|"language"\s*:\s*"([a-z]{2,3}(?:[-_][a-z]+)*)`)
})

// tongueOf returns how the language is written, or else the one that the
// document itself names: languages are in ASCII in whatever it is encoded.
func tongueOf(language string, body []byte) tongue {
	if language == "" {
		if m := ownLanguage().FindSubmatch(body[:min(len(body), 1<<14)]); m != nil {
			language = string(slices.Concat(m[1:]...))
		}
	}
	tag := strings.ReplaceAll(strings.ToLower(language), "_", "-")
	for ; tag != ""; tag = parentTag(tag) {
		if list, ok := pairwise[tag]; ok {
			t := tongue{pairs: true}
			for _, name := range strings.Fields(list) {
				t.charsets = append(t.charsets, candidate{name: name})
			}
			return t
		}
		if w, ok := alphabets[tag]; ok {
			var t tongue
			for _, name := range strings.Fields(w.charsets) {
				t.charsets = append(t.charsets, candidate{name, w.script, w.usual, w.percent, w.letters})
			}
			return t
		}
	}
	return tongue{}
}

// parentTag cuts the last part of a language's tag off; "" if it is the only one.
func parentTag(tag string) string { return tag[:max(strings.LastIndexByte(tag, '-'), 0)] }

// settle returns the encoding of the language in which body reads best, if it
// reads as that language: at least three of four characters beyond ASCII are
// letters of it. The zero candidate says that it reads so in none.
func (t tongue) settle(body []byte) candidate {
	sample := body[:min(len(body), detectSample)]
	if t.pairs {
		return t.settlePairs(sample)
	}
	var best candidate
	most := 0
	for _, c := range t.charsets {
		enc, _ := charset.Lookup(c.name)
		text, _ := decodeWith(enc, sample)
		if score, of := plausible(text, c); score > most && score > of {
			best, most = c, score
		}
	}
	return best
}

// settlePairs tells the encodings of Chinese, Japanese and Korean apart by how
// their bytes are spread, as [detect] does, and where that finds another
// language by which of them can be read at all.
func (t tongue) settlePairs(sample []byte) candidate {
	found := doubleByte(sample)
	for _, c := range t.charsets {
		if c.name == found {
			return c
		}
	}
	for _, c := range t.charsets {
		if decodes(sample, c.name) != "" {
			return c
		}
	}
	return candidate{}
}

// contradicts reports whether text, which is body as its label has it, does not
// read as the language and another encoding of the language does: two letters
// at least and one of fifty must come out wrong.
func (t tongue) contradicts(text, body []byte) bool {
	if len(t.charsets) == 0 {
		return false
	}
	best := t.settle(body)
	if best.name == "" {
		return false
	}
	if t.pairs {
		return !eastAsian(text, 0)
	}
	enc, _ := charset.Lookup(best.name)
	better, _ := decodeWith(enc, body[:min(len(body), detectSample)])
	is, _ := plausible(text[:min(len(text), len(better))], best)
	be, _ := plausible(better, best)
	return be-is >= 8 && (be-is)*50 >= be
}
