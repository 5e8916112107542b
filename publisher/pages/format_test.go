package pages

import "testing"

func TestDirectionFollowsTheScript(t *testing.T) {
	for lang, want := range map[string]string{
		"ar": "rtl", "fa-IR": "rtl", "ur": "rtl", "he": "rtl", "ps": "rtl", "ckb": "rtl", "dv": "rtl", "az-Arab": "rtl",
		"en": "ltr", "ru": "ltr", "ku": "ltr", "az": "ltr", "ja": "ltr", "": "auto", "und": "auto", "not a tag": "auto",
	} {
		if got := direction(lang); got != want {
			t.Errorf("direction(%q) = %q, want %q", lang, got, want)
		}
	}
}

func TestLanguageNameIsForPeople(t *testing.T) {
	for lang, want := range map[string]string{"en": "English", "pt-BR": "Portuguese", "zh-Hant": "Chinese", "und": "", "": "", "%": ""} {
		if got := languageName(lang); got != want {
			t.Errorf("languageName(%q) = %q, want %q", lang, got, want)
		}
	}
}

func TestMediaSaysTypeAndSize(t *testing.T) {
	tests := []struct {
		kind   string
		length int64
		want   string
	}{
		{"audio/mpeg", 12_400_000, "audio/mpeg, 12.4 MB"},
		{"application/pdf; charset=x", 2500, "application/pdf, 2 kB"},
		{"", 0, "file"},
		{"video/mp4", -1, "video/mp4"},
	}
	for _, tt := range tests {
		if got := media(tt.kind, tt.length); got != tt.want {
			t.Errorf("media(%q, %d) = %q, want %q", tt.kind, tt.length, got, tt.want)
		}
	}
}
