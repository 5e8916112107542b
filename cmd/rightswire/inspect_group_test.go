package main

import "testing"

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
