package aggregator

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// counterReach is how far from the start and the end of a text counters are
// looked for, in bytes: that is where templates put them, and a number inside
// an article is part of the news.
const counterReach = 400

// appendGist appends what a text says, without what it looks like: two texts
// with one gist differ in nothing that a correction is about. Case, spaces,
// marks, quotes, dashes and invisible characters are left out, and so are
// counters of views, ages such as "3 hours ago" and dates of the last update,
// which change by themselves. Every word and every number of the text itself
// counts, with the marks inside a number: 3.5 is not 35.
func appendGist(b []byte, text string) []byte {
	text = withoutCounters(text)
	if !norm.NFKC.IsNormalString(text) {
		text = norm.NFKC.String(text)
	}
	gap, last := false, rune(0)
	b = slices.Grow(b, len(text))
	for i := 0; i < len(text); {
		if lower[text[i]] != 0 { // most of most texts
			if gap && last != 0 {
				b = append(b, ' ')
			}
			for ; i < len(text) && lower[text[i]] != 0; i++ {
				b = append(b, lower[text[i]])
			}
			gap, last = false, rune(b[len(b)-1])
			continue
		}
		if text[i] == ' ' {
			gap = true
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || meaningful(r):
			if gap && last != 0 {
				b = append(b, ' ')
			}
			b = utf8.AppendRune(b, unicode.ToLower(r))
			gap, last = false, r
		case insideWord(r):
		case unicode.IsPunct(r) && unicode.IsNumber(last) && !gap && startsWithNumber(text[i:]):
			if unicode.Is(unicode.Pd, r) {
				r = '-'
			}
			b = utf8.AppendRune(b, r)
		default:
			gap = true
		}
	}
	return b
}

// lower maps the letters and digits of ASCII to themselves in lower case, and
// everything else to 0.
var lower = func() (t [256]byte) {
	for c := range 128 {
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			t[c] = byte(c)
		case 'A' <= c && c <= 'Z':
			t[c] = byte(c - 'A' + 'a')
		}
	}
	return t
}()

// meaningful reports whether a sign is read as a word is: currencies, percent
// and what calculates. Emoji are.
func meaningful(r rune) bool {
	switch r {
	case '%', '‰', '٪', '&', '@', '#':
		return true
	case '|', '~', '^', '`', '´', '¨', '<', '>':
		return false
	}
	return unicode.IsSymbol(r)
}

// insideWord reports whether a character joins what stands around it: apostrophes,
// soft hyphens and joiners.
func insideWord(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʼ', '`', '´':
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

func startsWithNumber(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsNumber(r)
}

// withoutCounters takes the counters out of the beginning and the end of a
// text.
func withoutCounters(text string) string {
	if !hasNumber(text) {
		return text
	}
	if len(text) <= 2*counterReach {
		return dropCounters(text)
	}
	head, tail := cut(text, counterReach), len(text)-counterReach
	for !utf8.RuneStart(text[tail]) {
		tail++
	}
	first, last := dropCounters(head), dropCounters(text[tail:])
	if first == head && last == text[tail:] {
		return text
	}
	return first + text[len(head):tail] + last
}

// hasNumber reports whether there is a digit, or another number, in a text.
func hasNumber(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf {
			return strings.IndexFunc(text[i:], unicode.IsNumber) >= 0
		} else if '0' <= c && c <= '9' {
			return true
		}
	}
	return false
}

// maxCounters bounds how many counters in a row are taken out.
const maxCounters = 6

// counterStems are in every counter: looking for them costs a hundredth of what
// looking for counters does.
var counterStems = []string{
	"view", "vist", "visit", "visuali", "vue", "comment", "comentário", "comentario", "share", "partage", "compartido", "like", "read", "lectur",
	"leitura", "lesezeit", "reaction", "retweet", "repl", "hits", "download", "aufruf", "kommentar", "مشاهد", "تعليق",
	"ago", "hace", "il y a", "vor", "há", "منذ",
	"updated", "modified", "reviewed", "actualizad", "actualización", "mis à jour", "aktualisiert", "atualizado",
}

func dropCounters(text string) string {
	if !hasNumber(text) {
		return text
	}
	folded := strings.ToLower(text)
	if !slices.ContainsFunc(counterStems, func(stem string) bool { return strings.Contains(folded, stem) }) {
		return text
	}
	for range maxCounters {
		less := counters().ReplaceAllString(text, "$1 $2")
		if less == text {
			break
		}
		text = less
	}
	return text
}

// counters finds what counts or dates by itself, where it stands apart: between
// the ends of the text, of sentences, or separators. A number with such a word
// in the middle of a sentence is part of the sentence.
//
// It is the largest expression of all, and a run that has no news does without.
var counters = sync.OnceValue(func() *regexp.Regexp {
	const (
		number = `\d[\d.,'\x{a0}\x{202f}]*\s*[kKmM]?`
		what   = `(?:page\s?views?|views?|comments?|shares?|likes?|reads?|reactions?|retweets?|replies|hits|downloads?` +
			`|visitas?|vistas?|visualizaciones|comentarios?|lecturas?|compartidos?` + // es
			`|vues?|commentaires?|partages?|lectures?` + // fr
			`|aufrufe?|kommentare?` + // de
			`|visualizações|comentários?|leituras?` + // pt
			`|مشاهدة|مشاهدات|تعليق|تعليقات)`
		units = `(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)`
		age   = `(?:` + `\d+\s*` + units + `\s+ago` +
			`|hace\s+\d+\s+(?:segundos?|minutos?|horas?|días?|semanas?|meses)` +
			`|il\s+y\s+a\s+\d+\s+(?:secondes?|minutes?|heures?|jours?|semaines?|mois)` +
			`|vor\s+\d+\s+(?:sekunden?|minuten?|stunden?|tagen?|wochen?|monaten?)` +
			`|há\s+\d+\s+(?:segundos?|minutos?|horas?|dias?|semanas?|meses)` +
			`|منذ\s+\d+\s+\p{L}+)`
		reading = `\d+\s*(?:min(?:ute)?s?\.?\s+read|min(?:utos)?\.?\s+de\s+(?:lectura|leitura)|min(?:utes)?\.?\s+de\s+lecture|min\.?\s+lesezeit)`
		month   = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?` +
			`|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre` +
			`|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre` +
			`|januar|februar|märz|juni|juli|oktober|dezember` +
			`|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro)`
		day     = `(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)`
		zone    = `(?:utc|gmt|[ecmp][sd]t|ces?t|bst|ist|z)`
		date    = `(?:[\s,.:/+\-t]*(?:\d{1,4}(?:st|nd|rd|th)?|` + month + `|` + day + `|` + zone + `|at|de|le|à|um|[ap]\.?m\.?)[,.:]?)+`
		posted  = `(?:published|posted|publicado|publié|veröffentlicht|نشر)\s*:?\s*`
		updated = `(?:last\s+)?(?:updated|modified|reviewed|actualizado|actualización|mis\s+à\s+jour|aktualisiert|atualizado)(?:\s+(?:on|at|le|el|am|em))?\s*:?\s*`
	)
	one := `(?:` + number + `\s*` + what + `|` + what + `\s*[:(]?\s*` + number + `\)?|(?:` + updated + `|` + posted + `)?` + age + `|` + reading + `|` + updated + date + `)`
	return regexp.MustCompile(`(?i)(^\s*|[|·•–—\-:;.!?()\[\]…\n]\s*)` + one + `(\s*$|\s*[|·•–—\-:;.!?()\[\]…\n])`)
})
