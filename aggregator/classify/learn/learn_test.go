package learn

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// example makes an example as classify does, of texts that need no folding.
func example(label, title, summary string) Example {
	e := Example{Text: []byte(title + "\x00" + summary), Title: len(title), Language: "en"}
	if label != "" {
		e.Labels = []string{label}
	}
	return e
}

// lessons are examples of two categories and of none, each from words that
// belong together in many orders.
func lessons() []Example {
	topics := []struct {
		label string
		words []string
	}{
		{"docks", strings.Fields("dockers cranes pickets stevedores quay overtime shifts foremen berths lockout")},
		{"press", strings.Fields("reporter editor newsroom censors columnist printing sources libel bulletin masthead")},
		{"", strings.Fields("goal striker league shares market recipe festival weather forecast tour")},
	}
	var out []Example
	for n := range 200 {
		t := topics[min(n%5, 2)]
		w := func(i int) string { return t.words[(n/5*7+n%5+i*i*3+i)%len(t.words)] }
		out = append(out, example(t.label, fmt.Sprintf("%s and %s at %s", w(0), w(1), w(2)), fmt.Sprintf("the %s said that %s and %s were there on monday", w(3), w(4), w(5))))
	}
	return out
}

func trained(t testing.TB, examples []Example) *Model {
	t.Helper()
	m, err := Train(examples, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// probable returns the probabilities of a text by class.
func probable(m *Model, e Example) map[string]float64 {
	out := map[string]float64{}
	for k, score := range m.Score(new(Scratch), Text{Bytes: e.Text, Title: e.Title, Signs: e.Signs}) {
		out[m.Classes()[k].ID], _ = m.Probable(k, score, Sign{})
	}
	return out
}

func TestTrainTellsCategories(t *testing.T) {
	m := trained(t, lessons())
	tests := []struct {
		name, title string
		want        string // the category that is probable; "": none
	}{
		{"words that were seen", "stevedores leave the quay", "docks"},
		{"a word in another form, by its stem", "stevedore leaves berth", "docks"},
		{"the other category", "columnist walks out of newsroom", "press"},
		{"near misses", "striker scores late goal", ""},
		{"nothing known", "xylophone", ""},
		{"no text", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := probable(m, example("", tt.title, ""))
			for id, p := range got {
				if (p >= 0.5) != (id == tt.want) {
					t.Errorf("probability of %s = %.2f, want %q alone above 0.5", id, p, tt.want)
				}
			}
		})
	}
	if !m.Speaks("en") || m.Speaks("fr") {
		t.Errorf("Speaks(en), Speaks(fr) = %t, %t, want true, false: all examples are English", m.Speaks("en"), m.Speaks("fr"))
	}
	for _, c := range m.Classes() {
		if c.Quality.N != 40 || c.Quality.Both.Precision() < 0.8 || c.Quality.Both.Recall(40) < 0.5 {
			t.Errorf("quality of %s = %+v, want 40 examples, most of them found", c.ID, c.Quality)
		}
	}
}

// A line that names one category is no proof against another that the rules
// file it under as well.
func TestWhatTheRulesFileBesidesIsNoCounterExample(t *testing.T) {
	press := func(filed bool) float32 {
		lines := lessons()
		for i := range lines {
			if slices.Contains(lines[i].Labels, "docks") {
				lines[i] = example("docks", "reporter and editor leave the newsroom", "the columnist said that the censors were there on monday")
				lines[i].Signs = []Sign{{Category: "press", Points: 3, Filed: filed}}
			}
		}
		m, e := trained(t, lines), example("", "reporter and editor in newsroom", "")
		class := slices.IndexFunc(m.Classes(), func(c Class) bool { return c.ID == "press" })
		return m.Score(new(Scratch), Text{Bytes: e.Text, Title: e.Title})[class]
	}
	if with, without := press(true), press(false); with < without+0.2 {
		t.Errorf("score of press is %.2f where the rules file lines of docks under it too, %.2f where they do not; want it clearly higher", with, without)
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	encode := func() []byte {
		b, err := trained(t, lessons()).Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if a, b := encode(), encode(); !bytes.Equal(a, b) {
		t.Error("the same examples gave two different models")
	}
}

func TestTrainRefusesTooFew(t *testing.T) {
	if _, err := Train(lessons()[:9], Options{}); !errors.Is(err, ErrTooFew) {
		t.Errorf("Train on nine examples: %v, want ErrTooFew", err)
	}
}

// What the rules see too weakly to file makes the model surer, and what they
// file is no news to it.
func TestSignsCount(t *testing.T) {
	examples := lessons()
	for i := range examples {
		if len(examples[i].Labels) > 0 && i%2 == 0 {
			examples[i].Signs = []Sign{{Category: examples[i].Labels[0], Points: 1, Weak: 1, Context: 1}}
		}
	}
	m := trained(t, examples)
	sign := Sign{Category: "docks", Points: 1, Weak: 1, Context: 1}
	text := Text{Bytes: []byte("they gathered on monday"), Title: 23}
	k := slices.IndexFunc(m.Classes(), func(c Class) bool { return c.ID == "docks" })
	sc := new(Scratch)
	without := m.Score(sc, text)[k]
	text.Signs = []Sign{sign}
	if with := m.Score(sc, text)[k]; with <= without {
		t.Errorf("score beside a sign = %.3f, without %.3f, want more", with, without)
	}
	alone, _ := m.Probable(k, without, Sign{})
	if beside, _ := m.Probable(k, without, sign); beside <= alone {
		t.Errorf("of one score the probability beside a sign = %.3f, without %.3f, want more", beside, alone)
	}
}

func TestWhyNamesTheStrongestWords(t *testing.T) {
	m := trained(t, lessons())
	text := Text{Bytes: []byte("on monday stevedores left"), Title: 25}
	k := slices.IndexFunc(m.Classes(), func(c Class) bool { return c.ID == "docks" })
	if got, want := m.Why(new(Scratch), text, k, 0.912), "model 0.91: stevedores"; !strings.HasPrefix(got, want) {
		t.Errorf("Why = %q, want it to start with %q", got, want)
	}
}

func TestWithoutTakesAwayWhatSpeaksForAClass(t *testing.T) {
	m := trained(t, lessons())
	text := Text{Bytes: []byte("stevedores left"), Title: 15}
	k := slices.IndexFunc(m.Classes(), func(c Class) bool { return c.ID == "docks" })
	sc := new(Scratch)
	score := m.Score(sc, text)[k]
	if got := m.Without(sc, text, k, score, []Span{{0, 10}}); got >= score {
		t.Errorf("score without the word = %.2f, with it %.2f, want less", got, score)
	}
	if got := m.Without(sc, text, k, score, []Span{{15, 15}}); got != score {
		t.Errorf("score without nothing = %.2f, want %.2f", got, score)
	}
}

// What stands far behind the first sentences changes nothing, and no text makes
// a score that is no number.
func TestLongTextsAreJudgedByTheirStart(t *testing.T) {
	m := trained(t, lessons())
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.StringMatching(`[a-z ]{0,80}`).Draw(t, "title")
		start := rapid.StringMatching(`[a-z ,.]{700,800}`).Draw(t, "start")
		rest := rapid.String().Draw(t, "rest")
		a := probable(m, example("", title, start))
		b := probable(m, example("", title, start+" "+rest))
		for id, p := range a {
			if p != b[id] || !(p >= 0 && p <= 1) {
				t.Fatalf("probability of %s = %v, and %v with more text behind", id, p, b[id])
			}
		}
	})
}
