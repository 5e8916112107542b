package classify

import (
	"slices"
	"testing"
)

func TestInflected(t *testing.T) {
	tests := []struct {
		lang, name string
		want       []string // some of the forms
	}{
		{"ru", "Россия", []string{"Россия", "России", "Россию", "Россией"}},
		{"ru", "Египет", []string{"Египет"}},
		{"ru", "Саудовская Аравия", []string{"Саудовской Аравии", "Саудовскую Аравию"}},
		{"ru", "Израиль", []string{"Израиля", "Израиле"}},
		{"ru", "Беларусь", []string{"Беларуси", "Беларусью"}},
		{"ru", "Филиппины", []string{"Филиппин", "Филиппинах"}},
		{"uk", "Україна", []string{"України", "Україні", "Україну"}},
		{"pl", "Turcja", []string{"Turcji", "Turcję"}},
		{"pl", "Arabia Saudyjska", []string{"Arabia Saudyjskiej", "Arabia Saudyjską"}},
		{"cs", "Rusko", []string{"Ruska", "Rusku"}},
		{"de", "Ägypten", []string{"Ägyptens"}},
		{"sv", "Norge", []string{"Norges"}},
		{"bn", "ঢাকা", []string{"ঢাকার", "ঢাকায়", "ঢাকাতে"}},
		{"ar", "السودان", []string{"للسودان"}},
		{"hi", "क़तर", []string{"कतर"}},
		{"he", "ישראל", []string{"בישראל"}},
		{"hu", "Oroszország", []string{"Oroszországban"}},
		{"fi", "Iran", []string{"Iranissa"}},
		{"es", "Perú", []string{"Perú"}},
	}
	for _, tt := range tests {
		got := inflected(tt.lang, tt.name)
		for _, form := range tt.want {
			if !slices.Contains(got, form) {
				t.Errorf("inflected(%q, %q) = %q, want %q among them", tt.lang, tt.name, got, form)
			}
		}
	}
	if got := inflected("es", "Perú"); len(got) != 1 {
		t.Errorf("Spanish does not decline, got %q", got)
	}
}
