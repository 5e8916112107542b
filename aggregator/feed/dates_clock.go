package feed

import (
	"strings"
	"time"
)

// clock finds the time of day and the zone and removes them.
func (d *dateReader) clock() bool {
	i := 0
	for i < len(d.toks) && !(d.at(i).digits > 0 && d.at(i).digits <= 2 && d.at(i+1).sign == ':' && d.at(i+2).digits > 0) {
		i++
	}
	if i == len(d.toks) {
		return d.compactClock()
	}
	d.hour, d.min = d.at(i).num, d.at(i+2).num
	j := i + 3
	if d.at(j).sign == ':' && d.at(j+1).digits > 0 {
		d.sec = d.at(j + 1).num
		j += 2
		if (d.at(j).sign == '.' || d.at(j).sign == ':') && d.at(j+1).digits > 0 {
			j += 2 // fractions say nothing about news
		}
	}
	j = d.half(j)
	j = d.zone(j)
	if d.at(i-1).word == "t" && d.at(i-1).tight {
		i--
	}
	d.take(i, j)
	return d.hour <= 24 && d.min < 60 && d.sec <= 60
}

// compactClock reads the time of 20250906T140300Z, if that is what it is, and
// the zone of a date without time.
func (d *dateReader) compactClock() bool {
	for i := range d.toks {
		if d.at(i).word != "t" || !d.at(i).tight {
			continue
		}
		n := d.at(i + 1)
		switch n.digits {
		case 6:
			d.hour, d.min, d.sec = n.num/10000, n.num/100%100, n.num%100
		case 4:
			d.hour, d.min = n.num/100, n.num%100
		default:
			return true
		}
		d.take(i, d.zone(i+2))
		return d.hour <= 24 && d.min < 60 && d.sec <= 60
	}
	return true
}

// half reads "am" and "pm" at i.
func (d *dateReader) half(i int) int {
	j := i
	word := d.at(j).word
	if h, ok := halves[word]; ok {
		if d.hour >= 1 && d.hour <= 12 {
			d.hour = d.hour%12 + h
		}
		j++
		if d.at(j).sign == '.' {
			j++
		}
	}
	return j
}

// zone reads a zone at i and returns where it ends. A zone that is unknown
// counts as none.
func (d *dateReader) zone(i int) int {
	if w := d.at(i).word; w != "" {
		if d.at(i+1).sign == '/' && d.at(i+2).word != "" { // Europe/Brussels, Etc/GMT
			return d.region(i)
		}
		off, ok := zones[w]
		if !ok {
			return i
		}
		d.loc = time.FixedZone(w, off*60)
		i++
	}
	sign := d.at(i).sign
	n := d.at(i + 1)
	if sign != '+' && sign != '-' || n.digits == 0 || n.digits > 4 || n.digits == 3 {
		return i
	}
	hours, minutes, end := n.num, 0, i+2
	switch {
	case n.digits == 4:
		// After a time of day "-2025" is a year, "-0700" a zone.
		if n.num > 1500 {
			return i
		}
		hours, minutes = n.num/100, n.num%100
	case d.at(i+2).sign == ':' && d.at(i+3).digits == 2:
		minutes, end = d.at(i+3).num, i+4
	}
	if hours > 15 || minutes > 59 {
		return i
	}
	off := hours*3600 + minutes*60
	if sign == '-' {
		off = -off
	}
	d.loc = time.FixedZone("", off)
	if w := d.at(end).word; w == "z" || w == "gmt" || w == "utc" {
		end++
	}
	return end
}

// region reads the name of a zone of the IANA database at i.
func (d *dateReader) region(i int) int {
	end := i + 3
	for d.at(end).sign == '_' && d.at(end+1).word != "" {
		end += 2
	}
	for _, f := range strings.Fields(d.text) {
		if !strings.Contains(f, "/") || strings.ContainsAny(f, ".0123456789") {
			continue
		}
		if loc, err := time.LoadLocation(f); err == nil {
			d.loc = loc
		}
	}
	return end
}
