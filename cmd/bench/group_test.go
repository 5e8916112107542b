package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

func TestPressWritesTheSameAgain(t *testing.T) {
	var a, b bytes.Buffer
	if err := newPress(1, 1000).write(&a, 2000); err != nil {
		t.Fatal(err)
	}
	p := newPress(1, 1000)
	for range 2 { // in two parts
		if err := p.write(&b, 1000); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same seed gives other articles")
	}
	dec, n, empty := json.NewDecoder(&a), 0, 0
	var last time.Time
	for dec.More() {
		var l line
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if n++; l.ID != n || l.Title == "" || !l.Published.After(last) {
			t.Fatalf("article %d is %+v after %v", n, l, last)
		}
		if last = l.Published; l.Text == "" {
			empty++
		}
	}
	if n != 2000 || empty < 100 || empty > 600 {
		t.Errorf("%d articles, %d without a text, want 2000 and some hundred", n, empty)
	}
}

func TestProcessorTimeOfARunningProcess(t *testing.T) {
	before, ok := cpuOf(os.Getpid())
	if !ok {
		t.Skip("this system does not tell")
	}
	after := before
	for end := time.Now().Add(10 * time.Second); after == before && time.Now().Before(end); {
		after, _ = cpuOf(os.Getpid())
	}
	if after <= before {
		t.Errorf("processor time stands at %v", before)
	}
}
