package main

import (
	"fmt"
	"io"

	"github.com/rightswire/rightswire/news"
)

// lastRulings returns the ruling that holds for each category, in the order in
// which they were made.
func lastRulings(rulings []news.Ruling) []news.Ruling {
	last := map[string]int{}
	for i, r := range rulings {
		last[r.Category] = i
	}
	var out []news.Ruling
	for i, r := range rulings {
		if last[r.Category] == i {
			out = append(out, r)
		}
	}
	return out
}

// ruledBy says who of the desk filed an item, and when; "" if that is not known
// or nobody did.
func ruledBy(f news.Filing, rulings []news.Ruling) string {
	if f.By != news.ByDesk {
		return ""
	}
	for _, r := range lastRulings(rulings) {
		if r.Category == f.Category && r.Said == news.SaidIn {
			return handAndTime(r)
		}
	}
	return ""
}

// handAndTime says who made a ruling and when.
func handAndTime(r news.Ruling) string {
	if r.At.IsZero() {
		return ", before it was recorded who and when"
	}
	return fmt.Sprintf(" (%s, %s)", r.Who, stamp(r.At))
}

// explainRulings prints what the desk took an item out of, and what it left to
// the taxonomy again.
func explainRulings(w io.Writer, rulings []news.Ruling) {
	for _, r := range lastRulings(rulings) {
		switch r.Said {
		case news.SaidOut:
			fmt.Fprintf(w, "  taken out  of %s, by the desk%s\n", r.Category, handAndTime(r))
		case news.SaidUndecided:
			fmt.Fprintf(w, "  left       %s to the taxonomy again, by the desk%s\n", r.Category, handAndTime(r))
		}
	}
}
