package classify

import (
	"cmp"
	"slices"

	"github.com/rightswire/rightswire/aggregator/classify/learn"
	"github.com/rightswire/rightswire/aggregator/classify/training"
	"github.com/rightswire/rightswire/news"
)

// Examples prepares labelled texts for [learn.Train]: folded as articles are,
// and labelled with the umbrellas of their categories too.
func Examples(t news.Taxonomy, lines []training.Example) []learn.Example {
	group := map[string]string{}
	for _, c := range t.Categories {
		group[c.ID] = c.Group
	}
	out := make([]learn.Example, len(lines))
	var f folded
	for i, l := range lines {
		f.set(clip(l.Title, maxTitle), clip(l.Summary, maxText))
		out[i] = learn.Example{Text: slices.Clone(f.b), Title: f.title, Language: primary(l.Language)}
		for _, id := range l.Categories {
			out[i].Labels = append(out[i].Labels, id)
			if g := group[id]; g != "" {
				out[i].Labels = append(out[i].Labels, g)
			}
		}
		slices.Sort(out[i].Labels)
		out[i].Labels = slices.Compact(out[i].Labels)
	}
	return out
}

// opinion is what the learned layer thinks of one category for one item.
type opinion struct {
	cat, class int
	p          float32
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

// think asks the model about an item, and keeps in sc what might matter, the
// surest first. Of a language that the model was not trained for it says
// nothing.
func (l *learned) think(sc *scratch, language string) {
	sc.opinions = sc.opinions[:0]
	if l == nil || !l.model.Speaks(primary(language)) {
		return
	}
	classes := l.model.Classes()
	for k, p := range l.model.Score(&sc.learn, sc.text.b, sc.text.title) {
		if l.cats[k] >= 0 && float64(p) >= classes[k].Low {
			sc.opinions = append(sc.opinions, opinion{l.cats[k], k, p})
		}
	}
	slices.SortStableFunc(sc.opinions, func(a, b opinion) int { return cmp.Compare(b.p, a.p) })
}

// learned adds what the model is sure of to what the rules have filed: it never
// takes anything away, and a veto of the rules holds. A sign that is too weak
// for the rules alone lets the model be less sure.
func (r *rules) learned(sc *scratch, l *learned, filed, broad []news.Filing) (moreFiled, moreBroad []news.Filing) {
	for _, o := range sc.opinions {
		id := r.cats[o.cat].ID
		if has(filed, id) || has(broad, id) {
			continue
		}
		umbrella := r.cats[o.cat].Umbrella
		if !umbrella && len(filed) >= maxFilings {
			continue
		}
		t := &sc.tally[o.cat]
		v := r.judge(t, false)
		sign := v.points > 0 || len(t.context) > 0
		if v.vetoed || !l.sure(o, sign) || !l.sureUnmasked(sc, o, v.points > 0) {
			continue
		}
		why := l.model.Why(&sc.learn, sc.text.b, sc.text.title, o.class, o.p)
		f := news.Filing{Category: id, Score: v.points, By: news.ByModel, Why: append([]string{why}, r.judge(t, true).why...)}
		if umbrella {
			broad = append(broad, f)
		} else {
			filed = append(filed, f)
		}
	}
	return filed, broad
}

// sure reports whether a probability is enough, with or without a sign of the
// rules.
func (l *learned) sure(o opinion, sign bool) bool {
	c := &l.model.Classes()[o.class]
	return float64(o.p) >= c.High || sign && float64(o.p) >= c.Low
}

// sureUnmasked reports whether the model is still sure when what the masks
// blank does not speak for the category: "air strike" is no sign of a union.
// Where a term of the category hit beside them the rules have looked already.
func (l *learned) sureUnmasked(sc *scratch, o opinion, hit bool) bool {
	if len(sc.masks) == 0 || hit {
		return true
	}
	var parts []learn.Span
	for _, m := range sc.masks {
		parts = append(parts, learn.Span{Start: int(m.start), End: int(m.end)})
	}
	o.p = l.model.Without(&sc.learn, sc.text.b, sc.text.title, o.class, parts)
	return l.sure(o, false)
}
