package main

import "testing"

// The demo prints an address that a browser can open, wherever it listens.
func TestDemoIsVisitedAt(t *testing.T) {
	for listen, want := range map[string]string{
		":8080": "localhost:8080", "0.0.0.0:8080": "localhost:8080", "[::]:8080": "localhost:8080",
		"localhost:8080": "localhost:8080", "192.0.2.7:80": "192.0.2.7:80", "[::1]:8080": "[::1]:8080",
	} {
		if got := visited(listen); got != want {
			t.Errorf("visited(%q) = %q, want %q", listen, got, want)
		}
	}
}
