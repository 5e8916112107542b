package search

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	day := func(text string) time.Time { d, _ := time.Parse(time.DateOnly, text); return d }
	word := func(text string) Term { return Term{Text: text} }
	tests := []struct {
		name, in string
		want     []Clause
	}{
		{"nothing asks for everything", "  \t ", nil},
		{"words must all occur", "strike wages", []Clause{{word("strike")}, {word("wages")}}},
		{"a phrase stays together", `"minimum wage" now`, []Clause{{word("minimum wage")}, {word("now")}}},
		{"curly and angled quotes are quotes", "“minimum wage” «salario mínimo» 「罷工」", []Clause{{word("minimum wage")}, {word("salario mínimo")}, {word("罷工")}}},
		{"an open quote goes to the end", `"minimum wage`, []Clause{{word("minimum wage")}}},
		{"OR binds closer than the space", "a OR b c", []Clause{{word("a"), word("b")}, {word("c")}}},
		{"a small or is a word", "a or b", []Clause{{word("a")}, {word("or")}, {word("b")}}},
		{"a quoted OR is a word", `a "OR" b`, []Clause{{word("a")}, {word("OR")}, {word("b")}}},
		{"an OR that stands alone is nothing", "OR a OR OR b OR", []Clause{{word("a"), word("b")}}},
		{"AND says what a space says", "a AND b", []Clause{{word("a")}, {word("b")}}},
		{"a minus negates", "-football", []Clause{{Term{Text: "football", Not: true}}}},
		{"NOT negates", `NOT football NOT -"ice hockey"`, []Clause{{Term{Text: "football", Not: true}}, {word("ice hockey")}}},
		{"a minus inside a word does not", "child-labour", []Clause{{word("child labour")}}},
		{"a star leaves the end open", `strik* "child lab"*`, []Clause{{Term{Text: "strik", Prefix: true}}, {Term{Text: "child lab", Prefix: true}}}},
		{"fields", "source:un-news -country:bd Language:pt-BR", []Clause{{Term{Field: Source, Text: "un-news"}}, {Term{Field: Country, Text: "BD", Not: true}}, {Term{Field: Language, Text: "pt-BR"}}}},
		{"a field in quotes", `category:"wages" OR category:strikes`, []Clause{{Term{Field: Category, Text: "wages"}, Term{Field: Category, Text: "strikes"}}}},
		{"days, months and years", "after:2024-01-31 before:2025-02 before:2026", []Clause{{Term{Field: After, Text: "2024-01-31", Day: day("2024-01-31")}}, {Term{Field: Before, Text: "2025-02-01", Day: day("2025-02-01")}}, {Term{Field: Before, Text: "2026-01-01", Day: day("2026-01-01")}}}},
		{"an unknown field is text", "https://a.example/x", []Clause{{word("https a example x")}}},
		{"an empty field is nothing", "source: a", []Clause{{word("a")}}},
		{"signs alone are nothing", `* - -- () "" NEAR(a`, []Clause{{word("NEAR a")}}},
		{"scripts without spaces stay together", "最低工资 ค่าแรง", []Clause{{word("最低工资")}, {word("ค่าแรง")}}},
		{"what FTS5 has a meaning for is text", `title:x ^a {b c}:d a+b`, []Clause{{word("title x")}, {word("a")}, {word("b")}, {word("c d")}, {word("a b")}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, Parse(tt.in).Clauses); d != "" {
				t.Errorf("Parse(%q): -want +got\n%s", tt.in, d)
			}
		})
	}
}

func TestParseSaysWhatItIgnores(t *testing.T) {
	for in, want := range map[string]string{
		"after:yesterday a":              `after: "yesterday" is no date`,
		"a* b":                           "a*: before a star stand 2 letters or more",
		strings.Repeat("long ", 200):     "longer than 500 characters",
		strings.Repeat("x ", MaxTerms+1): "more conditions than 24",
	} {
		got := Parse(in)
		if len(got.Ignored) == 0 || !strings.Contains(strings.Join(got.Ignored, " "), want) {
			t.Errorf("Parse(%.20q).Ignored = %q, want %q in it", in, got.Ignored, want)
		}
		if got.Empty() {
			t.Errorf("Parse(%.20q) asks for everything, want what was understood", in)
		}
	}
}

func TestAndAddsWhatAFormAsks(t *testing.T) {
	q := Parse("strike")
	q.And(Country, " bd ")
	q.And(Source, "")
	q.And(Before, "soon")
	if got, want := q.String(), `"strike" country:"BD"`; got != want || len(q.Ignored) != 1 {
		t.Errorf("query = %s, ignored %q; want %s and the date named", got, q.Ignored, want)
	}
}

// checkQuery says what holds of every query, whatever was typed.
func checkQuery(t interface{ Fatalf(string, ...any) }, in string) {
	q := Parse(in)
	terms := 0
	for _, c := range q.Clauses {
		if len(c) == 0 {
			t.Fatalf("Parse(%q) has an empty clause", in)
		}
		for _, term := range c {
			terms++
			if term.Text == "" || strings.ContainsAny(term.Text, quotes) || !utf8.ValidString(term.Text) {
				t.Fatalf("Parse(%q) has the term %q", in, term.Text)
			}
			for _, r := range term.Text {
				if term.Field == Text && r != ' ' && !unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Co) {
					t.Fatalf("Parse(%q) looks for the sign %q", in, r)
				}
			}
		}
	}
	if terms > MaxTerms {
		t.Fatalf("Parse(%q) has %d terms, at most %d", in, terms, MaxTerms)
	}
	if len(q.Ignored) > 0 || len(q.String()) > MaxLength {
		return
	}
	if d := cmp.Diff(q.Clauses, Parse(q.String()).Clauses); d != "" {
		t.Fatalf("Parse(%q) is not what Parse(%q) is: -first +second\n%s", in, q.String(), d)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", `a "b c" -d OR e*`, "source:x after:2024", `"`, "-", "NOT", "OR", "*", "“a„b«", "最低工资\x00ไทย", "\xff\xfe", `a"b"c`, "after:0000-01-01", "category:OR", "−x", "a:b:c",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) { checkQuery(t, in) })
}

func TestEveryTextIsAQuery(t *testing.T) {
	pieces := []string{"strike", "OR", "NOT", "AND", "-", `"`, "*", " ", "source:", "after:", "2024-01-31", "罷工", "عمّال", "é", ":", "«", "(", "\x00"}
	rapid.Check(t, func(t *rapid.T) {
		checkQuery(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "pieces"), ""))
	})
}

func TestWords(t *testing.T) {
	for in, want := range map[string][]string{
		"Workers' strike, day 2":     {"Workers", "strike", "day", "2"},
		"最低工资2024年":                  {"最", "低", "工", "资", "2024", "年"},
		"ストライキ中のbus":                 {"ス", "ト", "ラ", "イ", "キ", "中", "の", "bus"},
		"ค่าแรง":                     {"ค่", "า", "แ", "ร", "ง"},
		"हिन्दी मज़दूर":              {"हिन्दी", "मज़दूर"},
		"العُمّال في":                {"العُمّال", "في"},
		"노동자들은":                      {"노", "동", "자", "들", "은"},
		"e\u0301te\u0301 \xffx\xf0y": {"e\u0301te\u0301", "x", "y"},
		"":                           nil,
	} {
		var got []string
		for start, end := range Words(in) {
			got = append(got, in[start:end])
		}
		if !slices.Equal(got, want) {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
}

// The short way through ASCII says of each character what Unicode does.
func TestWordsOfASCII(t *testing.T) {
	for c := range rune(utf8.RuneSelf) {
		want := unicode.In(c, unicode.L, unicode.N, unicode.M)
		for _, text := range []string{string(c), "é" + string(c), string(c) + "é", "漢" + string(c) + "漢"} {
			n := 0
			for start, end := range Words(text) {
				if strings.ContainsRune(text[start:end], c) {
					n++
				}
			}
			if (n > 0) != want {
				t.Errorf("Words(%q) has %q in %d words; want it in one: %t", text, c, n, want)
			}
		}
		if got, want := Fold(string(c)), string(unicode.ToLower(c)); got != want {
			t.Errorf("Fold(%q) = %q, want %q", c, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"STRIKE": "strike", "Élève": "élève", "العُمّال": "العمال", "أجور": "اجور", "عـــمل": "عمل", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd": "\u05e9\u05dc\u05d5\u05dd", "کارگری": "كارگري", "ค่า": "ค่า",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}
