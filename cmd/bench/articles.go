package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// press writes the articles of an invented press, the same ones for the same
// seed: words by Zipf's law, events that several desks tell with some words in
// common, copies whole, edited and cut, and reports of a series that differ
// only in their numbers.
type press struct {
	r      *rand.Rand
	words  *rand.Zipf
	desks  *rand.Zipf
	n      int
	pace   time.Duration // from one article to the next
	events [][]string    // names of the last events
	recent []line        // the last articles
}

// line is an article as "inspect group" reads it.
type line struct {
	ID        int       `json:"id"`
	Title     string    `json:"title"`
	Text      string    `json:"text"`
	URL       string    `json:"url"`
	Source    string    `json:"source"`
	Published time.Time `json:"published"`
	Language  string    `json:"language"`
}

const (
	pressWords  = 60_000
	pressDesks  = 2_000
	pressMemory = 400 // events and articles that are told again
)

// newPress returns a press that writes perDay articles a day.
func newPress(seed uint64, perDay int) *press {
	r := rand.New(rand.NewPCG(seed, 4))
	return &press{
		r: r, words: rand.NewZipf(r, 1.1, 8, pressWords), desks: rand.NewZipf(r, 1.2, 20, pressDesks-1),
		pace: 24 * time.Hour / time.Duration(perDay),
	}
}

// write writes the next n articles, a line of JSON each.
func (p *press) write(w io.Writer, n int) error {
	enc := json.NewEncoder(w)
	for range n {
		if err := enc.Encode(p.next()); err != nil {
			return err
		}
	}
	return nil
}

// next returns the next article.
func (p *press) next() line {
	p.n++
	desk := p.desks.Uint64()
	l := line{
		ID: p.n, URL: fmt.Sprintf("https://desk%d.example/news/%d", desk, p.n), Source: fmt.Sprintf("desk %d", desk),
		Published: epoch.Add(time.Duration(p.n) * p.pace), Language: "en",
	}
	switch k := p.r.IntN(100); {
	case k < 8 && len(p.recent) > 0:
		old := p.recent[p.r.IntN(len(p.recent))]
		l.Title, l.Text = p.copied(old)
	case k < 12:
		l.Title = fmt.Sprintf("Bulletin %d of the labour inspectorate of district %d", p.n, p.r.IntN(20))
		l.Text = fmt.Sprintf("The inspectorate visited %d sites on that day, closed %d of them for want of guard rails, and fined %d owners under the act on safety at work, which it publishes for the benefit of the public.", p.r.IntN(900), p.r.IntN(90), p.r.IntN(50))
	case k < 42 && len(p.events) > 0:
		l.Title, l.Text = p.told(p.events[p.r.IntN(len(p.events))])
	default:
		event := make([]string, 8)
		for i := range event {
			event[i] = p.name()
		}
		p.events = remember(p.events, event, p.r)
		l.Title, l.Text = p.told(event)
	}
	p.recent = remember(p.recent, l, p.r)
	return l
}

// remember adds to a list of at most pressMemory, in the place of any other when it
// is full.
func remember[T any](list []T, x T, r *rand.Rand) []T {
	if len(list) < pressMemory {
		return append(list, x)
	}
	list[r.IntN(len(list))] = x
	return list
}

// copied returns an article as another desk prints it.
func (p *press) copied(old line) (title, text string) {
	words := strings.Fields(old.Text)
	switch p.r.IntN(4) {
	case 0:
		return p.sentence(7), old.Text
	case 1:
		for i := p.r.IntN(20); i < len(words); i += 20 {
			words[i] = p.word()
		}
	case 2:
		words = words[:(len(words)+1)/2]
	}
	return old.Title, strings.Join(words, " ")
}

// told returns a report about an event: a title alone, a summary, or a text.
func (p *press) told(names []string) (title, text string) {
	name := func() string { return names[p.r.IntN(len(names))] }
	title = p.sentence(4+p.r.IntN(4)) + " " + name() + " " + name()
	n := 0
	switch k := p.r.IntN(10); {
	case k < 2:
		return title, ""
	case k < 8:
		n = 15 + p.r.IntN(45)
	default:
		n = 120 + p.r.IntN(400)
	}
	var b strings.Builder
	for n > 0 {
		part := min(n, 8+p.r.IntN(12))
		b.WriteString(p.sentence(part))
		b.WriteString(" of " + name() + ". ")
		n -= part
	}
	return title, b.String()
}

// sentence returns n words that begin with a capital letter.
func (p *press) sentence(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = p.word()
	}
	return capital(strings.Join(words, " "))
}

// word returns a word, the common ones most often.
func (p *press) word() string { return spell(p.words.Uint64()) }

// name returns a name that nobody has.
func (p *press) name() string { return capital(spell(uint64(pressWords) + p.r.Uint64N(1<<30))) }

// capital makes the first letter of an ASCII word one.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// spell makes a word of a number, in syllables.
func spell(n uint64) string {
	const first, second = "bdfghklmnprstvz", "aeiou"
	var b strings.Builder
	for n = n*0x9e3779b1%(1<<32) | 1<<12; n > 0; n /= 75 {
		b.WriteByte(first[n%15])
		b.WriteByte(second[n/15%5])
	}
	return b.String()
}
