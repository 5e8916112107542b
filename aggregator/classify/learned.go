package classify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/aggregator/classify/learn"
	"github.com/rightswire/rightswire/aggregator/classify/training"
	"github.com/rightswire/rightswire/news"
)

// Examples prepares labelled texts for [learn.Train]: folded as articles are,
// with the umbrellas of their categories, and with what the rules see in them.
func (c *Classifier) Examples(lines []training.Example) []learn.Example {
	sc := new(scratch)
	out := make([]learn.Example, len(lines))
	for i, l := range lines {
		e := &out[i]
		e.Language = primary(l.Language)
		e.Labels = c.rules.withGroups(l.Categories)
		title := clip(l.Title, maxTitle)
		e.TitleSigns = c.rules.look(sc, title, "", e.Language)
		e.Signs = c.rules.look(sc, title, clip(l.Summary, maxText), e.Language)
		e.Text, e.Title = slices.Clone(sc.text.b), sc.text.title
	}
	return out
}

// look returns what the rules see in a text, with what they would file.
func (r *rules) look(sc *scratch, title, text, language string) []learn.Sign {
	sc.text.set(title, text)
	r.match(sc, sc.text.b, r.langs[language])
	r.sum(sc)
	filed := r.file(sc, Article{}, nil)
	r.sign(sc)
	out := slices.Clone(sc.signs)
	for i := range out {
		out[i].Filed = has(filed, out[i].Category)
	}
	return out
}

// withGroups adds the umbrellas of categories.
func (r *rules) withGroups(ids []string) []string {
	out := slices.Clone(ids)
	for _, id := range ids {
		if i, ok := r.byID[id]; ok && r.cats[i].Group != "" {
			out = append(out, r.cats[i].Group)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sign sums up in sc what the rules see, for the model: one sign a category.
func (r *rules) sign(sc *scratch) {
	sc.signs = sc.signs[:0]
	for k := range r.cats {
		t := &sc.tally[k]
		s := learn.Sign{Category: r.cats[k].ID}
		if t.touched {
			v := r.verdict(t)
			s.Points, s.Vetoed = v.points, v.vetoed
			s.Strong, s.Weak, s.Context = len(t.strong), len(t.weak), distinct(t.context)
		}
		sc.signs = append(sc.signs, s)
	}
}

// opinion is what the learned layer thinks of one category for one item.
type opinion struct {
	cat, class int
	score      float32
	p          float64
}

// learned is a model as it is used with one taxonomy.
type learned struct {
	model *learn.Model
	cats  []int // by class of the model: the category; -1: the taxonomy has none
}

// learnedFor joins a model to a taxonomy.
func learnedFor(m *learn.Model, r *rules) *learned {
	if m == nil {
		return nil
	}
	l := &learned{model: m}
	for _, c := range m.Classes() {
		i, ok := r.byID[c.ID]
		if !ok {
			i = -1
		}
		l.cats = append(l.cats, i)
	}
	return l
}

// think asks the model about an item and keeps in sc what it would file, the
// surest first. It takes nothing away from the rules: their veto holds, and
// what they have seen, too weak to file by itself, lets the model be less sure.
// Of a language that the model was not trained for it says nothing.
func (l *learned) think(sc *scratch, r *rules, language string) {
	sc.opinions, sc.probable = sc.opinions[:0], sc.probable[:0]
	if l == nil || !l.model.Speaks(primary(language)) {
		return
	}
	r.sign(sc)
	sc.probable = append(sc.probable, make([]float64, len(r.cats))...)
	for k, score := range l.model.Score(&sc.learn, sc.seen()) {
		i := l.cats[k]
		if i < 0 {
			continue
		}
		p, enough := l.model.Probable(k, score, sc.signs[i])
		sc.probable[i] = p
		if enough && !r.vetoes(sc.signs, i) {
			sc.opinions = append(sc.opinions, opinion{i, k, score, p})
		}
	}
	slices.SortStableFunc(sc.opinions, func(a, b opinion) int { return cmp.Compare(b.p, a.p) })
}

// vetoes reports whether a category is forbidden. What forbids one of its
// categories forbids an umbrella too: it would say the same less plainly.
func (r *rules) vetoes(signs []learn.Sign, i int) bool {
	if signs[i].Vetoed || !r.cats[i].Umbrella {
		return signs[i].Vetoed
	}
	for k, s := range signs {
		if s.Vetoed && r.cats[k].Group == r.cats[i].ID {
			return true
		}
	}
	return false
}

// seen is the text of an item and what the rules see in it.
func (sc *scratch) seen() learn.Text {
	return learn.Text{Bytes: sc.text.b, Title: sc.text.title, Signs: sc.signs}
}

// learned adds what the model is sure of to what the rules have filed, and to
// their reasons what it thinks of it.
func (r *rules) learned(sc *scratch, l *learned, filed, broad []news.Filing) (moreFiled, moreBroad []news.Filing) {
	for i := range filed {
		if k, ok := r.byID[filed[i].Category]; ok && k < len(sc.probable) && sc.probable[k] > 0 {
			filed[i].Why = append(filed[i].Why, fmt.Sprintf("model %.2f", sc.probable[k]))
		}
	}
	for _, o := range sc.opinions {
		cat := &r.cats[o.cat]
		full := !cat.Umbrella && len(filed) >= maxFilings
		if full || has(filed, cat.ID) || has(broad, cat.ID) || !l.sureUnmasked(sc, o) {
			continue
		}
		why := l.model.Why(&sc.learn, sc.seen(), o.class, o.p)
		f := news.Filing{Category: cat.ID, Score: sc.signs[o.cat].Points, By: news.ByModel}
		f.Why = append([]string{why}, r.judge(&sc.tally[o.cat], true).why...)
		if cat.Umbrella {
			broad = append(broad, f)
		} else {
			filed = append(filed, f)
		}
	}
	return filed, broad
}

// sureUnmasked reports whether the model is still sure when what the masks
// blank does not speak for the category: "air strike" is no sign of a union.
// Where a term of the category hit beside them the rules have looked already.
func (l *learned) sureUnmasked(sc *scratch, o opinion) bool {
	if len(sc.masks) == 0 || sc.signs[o.cat].Points > 0 {
		return true
	}
	var parts []learn.Span
	for _, m := range sc.masks {
		parts = append(parts, learn.Span{Start: int(m.start), End: int(m.end)})
	}
	score := l.model.Without(&sc.learn, sc.seen(), o.class, o.score, parts)
	_, enough := l.model.Probable(o.class, score, sc.signs[o.cat])
	return enough
}
