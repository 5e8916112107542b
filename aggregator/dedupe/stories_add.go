package dedupe

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// add remembers d as part of its story.
func (x *storyIndex) add(d *doc) {
	x.clock = max(x.clock, d.at)
	s := x.stories[d.story]
	if s == nil {
		s = &story{id: d.story, lang: d.lang}
		x.stories[d.story] = s
	}
	s.note(d, x.clock)
	if d.copyOf != 0 && s.n > 0 {
		return // says nothing new, and would make its words look common
	}
	w, norm := x.weights(d)
	if norm == 0 {
		return
	}
	s.n++
	s.mixed = s.mixed || d.source == 0 || (s.last != nil && s.last.source != d.source)
	s.last = d
	x.learn(d)
	s.merge(d, norm)
	if len(s.terms) > 2*storyTerms {
		x.trim(s)
	}
	x.measure(s)
	for _, t := range w[:min(len(w), storyKeys)] {
		if i, ok := slices.BinarySearch(s.keys, t.hash); !ok && len(s.keys) < storyTerms {
			s.keys = slices.Insert(s.keys, i, t.hash)
			x.byTerm[t.hash] = append(x.byTerm[t.hash], s.id)
		}
	}
	if len(x.stories) > x.opt.MaxItems {
		x.crowd()
	}
}

// note extends the span of a story's coverage.
func (s *story) note(d *doc, clock int64) {
	s.seen = clock
	if d.at != 0 {
		if s.first == 0 || d.at < s.first {
			s.first = d.at
		}
		s.newest = max(s.newest, d.at)
	}
	if len(s.places) == 0 {
		s.places = d.places
	}
	if s.lang != d.lang {
		s.lang = ""
	}
}

// maxLearned bounds the terms whose frequency is remembered.
const maxLearned = 1 << 20

// learn counts the terms of an original.
func (x *storyIndex) learn(d *doc) {
	x.docs++
	for _, t := range d.terms {
		x.df[t.hash]++
	}
	if len(x.df) <= maxLearned {
		return
	}
	// Halving forgets the terms seen once, which are most of them, and keeps
	// the proportions of the others.
	x.docs /= 2
	for h, n := range x.df {
		if n /= 2; n < 1 {
			delete(x.df, h)
		} else {
			x.df[h] = n
		}
	}
}

// merge adds the terms of d to the story's.
func (s *story) merge(d *doc, norm float64) {
	out := make([]storyTerm, 0, len(s.terms)+len(d.terms))
	i := 0
	for _, t := range d.terms {
		for i < len(s.terms) && s.terms[i].hash < t.hash {
			out = append(out, s.terms[i])
			i++
		}
		st := storyTerm{hash: t.hash}
		if i < len(s.terms) && s.terms[i].hash == t.hash {
			st = s.terms[i]
			i++
		}
		st.n++
		st.sum += t.tf / float32(norm)
		out = append(out, st)
	}
	s.terms = append(out, s.terms[i:]...)
}

// trim cuts a story to its heaviest terms.
func (x *storyIndex) trim(s *story) {
	weight := func(t storyTerm) float64 { return float64(t.sum) * x.idf(t.hash) }
	slices.SortFunc(s.terms, func(a, b storyTerm) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a.hash, b.hash))
	})
	s.terms = slices.Clone(s.terms[:storyTerms])
	slices.SortFunc(s.terms, func(a, b storyTerm) int { return cmp.Compare(a.hash, b.hash) })
}

// measure sets the length of a story's weighted terms.
func (x *storyIndex) measure(s *story) {
	var sum float64
	for _, t := range s.terms {
		v := float64(t.sum) * x.idf(t.hash)
		sum += v * v
	}
	s.norm = math.Sqrt(sum)
}

// forget drops the stories whose last article arrived before a time. It looks
// only when the clock has moved by a good part of the window, so that calling
// it after every article costs nothing.
func (x *storyIndex) forget(before int64) {
	if before-x.swept < int64(x.opt.Window.Seconds())/16 && x.swept != 0 {
		return
	}
	x.swept = before
	x.dropIf(func(s *story) bool { return s.seen != 0 && s.seen < before })
}

// crowd drops the quarter of the stories that was silent longest.
func (x *storyIndex) crowd() {
	ids := make([]int64, 0, len(x.stories))
	for id := range x.stories {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int {
		return cmp.Or(cmp.Compare(x.stories[a].seen, x.stories[b].seen), cmp.Compare(a, b))
	})
	gone := make(map[int64]bool, len(ids)/4)
	for _, id := range ids[:len(ids)/4+1] {
		gone[id] = true
	}
	x.dropIf(func(s *story) bool { return gone[s.id] })
}

// dropIf drops stories and, once most of what it lists is gone, rebuilds the
// lists of byTerm.
func (x *storyIndex) dropIf(gone func(*story) bool) {
	for id, s := range x.stories {
		if gone(s) {
			delete(x.stories, id)
			x.stale++
		}
	}
	if x.stale <= len(x.stories)/2 {
		return
	}
	x.stale = 0
	for h, list := range x.byTerm {
		list = slices.DeleteFunc(list, func(id int64) bool { return x.stories[id] == nil })
		if len(list) == 0 {
			delete(x.byTerm, h)
		} else {
			x.byTerm[h] = slices.Clip(list)
		}
	}
}

// reason names the words that an article and its story share.
func (f *fit) reason(a Article) string {
	names := append(wordsOf(a.Title, f.shared, 4), wordsOf(a.Text, f.shared, 4)...)
	seen := map[string]bool{}
	names = slices.DeleteFunc(names, func(w string) bool {
		dup := seen[w]
		seen[w] = true
		return dup
	})
	names = names[:min(len(names), 4)]
	if n := len(f.places); n == 1 {
		names = append(names, "1 place")
	} else if n > 1 {
		names = append(names, fmt.Sprintf("%d places", n))
	}
	return fmt.Sprintf("%s (%.2f)", strings.Join(names, ", "), f.score)
}

// wordsOf returns at most limit words of s that are among the given terms, as
// people read them.
func wordsOf(s string, terms []uint32, limit int) []string {
	if !isASCII(s) {
		s = norm.NFKD.String(s)
	}
	var out []string
	for _, t := range tokenize(nil, s) {
		if len(out) == limit {
			break
		}
		if t.class != stop && slices.Contains(terms[:min(len(terms), 12)], t.hash) {
			out = append(out, norm.NFC.String(strings.ToLower(s[t.from:t.to])))
		}
	}
	return out
}
