package main

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestInspectCanonicalAnswersEachLine(t *testing.T) {
	in := "http://www.paper.example/x?utm_source=rss\r\nnot an address\n\n"
	out, _, _ := runApp(t, in, "inspect", "canonical")
	want := `{"url":"http://www.paper.example/x?utm_source=rss","canonical":"https://paper.example/x"}
{"url":"not an address","canonical":""}
{"url":"","canonical":""}
`
	if out != want {
		t.Errorf("inspect canonical printed\n%swant\n%s", out, want)
	}
}

func TestInspectGroupKeepsIDsVerbatim(t *testing.T) {
	text := "Some four thousand dockers walked out at the port of Valdoria on Tuesday after talks over night shifts broke down, the union said. Cranes stood still at all six terminals."
	in := `{"id":"a/1","title":"Dockers walk out","text":"` + text + `","source":"a","published":"2024-05-01T08:00:00Z"}
{"id":17,"title":"Port strike","text":"` + text + `","source":"b","published":"2024-05-01"}
{"id":18.0,"title":"Teachers return","text":"","source":"b","published":null}
`
	out, _, _ := runApp(t, in, "inspect", "group")
	want := `{"id":"a/1","copy_of":null,"story":1}
{"id":17,"copy_of":"a/1","story":1}
{"id":18.0,"copy_of":null,"story":3}
`
	if out != want {
		t.Errorf("inspect group printed\n%swant\n%s", out, want)
	}
}

// A text that is copied again and again leads to its original for longer than
// ids are kept. Another article's id would be a lie.
func TestInspectGroupNamesNoOtherArticleAsOriginal(t *testing.T) {
	const text = "Dockers in the port of Santos walked out at dawn on Monday over unpaid wages, their union said, and blocked the gates of three terminals."
	s, err := newGroupStage(64)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		copied := groupAnswer{}
		for _, source := range []string{"a", "b"} {
			line := groupLine{identified: identified{json.RawMessage(fmt.Sprintf(`"%s%d"`, source, i))}, Title: "Dockers walk out in Santos", Text: text, Source: fmt.Sprint(source, i)}
			copied = s.answer(line).(groupAnswer)
		}
		if got := string(copied.CopyOf); got != "" && got != `"a0"` {
			t.Fatalf("article b%d copies %s, want a0 or, later, none that is known", i, got)
		}
	}
}
