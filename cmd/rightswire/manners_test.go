package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/config"
)

// The configuration's defaults are the numbers of the fetching rules.
func TestDefaultMannersAreThoseOfTheRules(t *testing.T) {
	cfg := config.Default()
	if diff := cmp.Diff(aggregator.DefaultManners(), manners(&cfg)); diff != "" {
		t.Errorf("manners of the default configuration (-rules +config)\n%s", diff)
	}
}
