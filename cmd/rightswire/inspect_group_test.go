package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestInspectCanonicalAnswersEachLine(t *testing.T) {
	var out bytes.Buffer
	in := "http://www.paper.example/x?utm_source=rss\r\nnot an address\n\n"
	if err := inspectCanonical(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	want := `{"url":"http://www.paper.example/x?utm_source=rss","canonical":"https://paper.example/x"}
{"url":"not an address","canonical":""}
{"url":"","canonical":""}
`
	if out.String() != want {
		t.Errorf("inspect canonical printed\n%swant\n%s", out.String(), want)
	}
}

func TestInspectGroupKeepsIDsVerbatim(t *testing.T) {
	text := "Some four thousand dockers walked out at the port of Valdoria on Tuesday after talks over night shifts broke down, the union said. Cranes stood still at all six terminals."
	in := `{"id":"a/1","title":"Dockers walk out","text":"` + text + `","source":"a","published":"2024-05-01T08:00:00Z"}
{"id":17,"title":"Port strike","text":"` + text + `","source":"b","published":"2024-05-01"}
{"id":18.0,"title":"Teachers return","text":"","source":"b","published":null}
`
	var out bytes.Buffer
	if err := inspectGroup(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	want := `{"id":"a/1","copy_of":null,"story":1}
{"id":17,"copy_of":"a/1","story":1}
{"id":18.0,"copy_of":null,"story":3}
`
	if out.String() != want {
		t.Errorf("inspect group printed\n%swant\n%s", out.String(), want)
	}
}

func TestInspectGroupNamesTheBadLine(t *testing.T) {
	err := inspectGroup(strings.NewReader("{\"id\":1}\n\n{\"id\":\n"), &bytes.Buffer{})
	if err == nil || !strings.HasPrefix(err.Error(), "read article 2: ") {
		t.Errorf("inspect group = %v, want it to name article 2", err)
	}
}
