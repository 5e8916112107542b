package main

import "testing"

func TestWhatAnotherBuildPublishedIsNotTrusted(t *testing.T) {
	const mark = "12 f00d v1.2 /srv/my wire"
	for _, tt := range []struct {
		name, last string
		want       bool
	}{
		{"the same", mark, true},
		{"older news under another configuration", "7 beef v1.2 /srv/my wire", true},
		{"another build", "12 f00d v1.1 /srv/my wire", false},
		{"another place that ends alike", "12 f00d v1.2 /mnt/a /srv/my wire", false},
		{"a place that is the end of this one", "12 f00d v1.2 wire", false},
		{"nothing", "", false},
	} {
		if got := sameMaker(tt.last, mark); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
