package feed

import (
	"strings"
	"time"
	"unicode"
)

// dateToken is a number, a word or a sign of a date.
type dateToken struct {
	word   string // folded; "" for a number or a sign
	num    int
	digits int  // how many digits the number has; 0 if it is none
	sign   byte // ':', '+', '-', '/', '.', …; 0 for a number or a word
	tight  bool // no space before it
}

// maxDate bounds a date text, in bytes.
const maxDate = 128

// parseDate reads a date in any form that feeds use: RFC 822 and 3339 in
// every variation, fragments of W3C-DTF, Unix times, month names in two dozen
// languages. Without a zone it is UTC. It never guesses from unreadable text:
// ok is false then.
func parseDate(text string) (t time.Time, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxDate {
		return time.Time{}, false
	}
	// The forms that nearly all feeds use need no understanding.
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), true
	}
	if t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", text); err == nil {
		return t.UTC(), true
	}
	if t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 GMT", text); err == nil {
		return t, true
	}
	d := dateReader{toks: scanDate(text), text: text}
	if len(d.toks) == 1 {
		return d.bare()
	}
	if !d.clock() || !d.calendar() {
		return time.Time{}, false
	}
	return d.time()
}

// scanDate splits a date into tokens.
func scanDate(text string) []dateToken {
	var toks []dateToken
	tight := false
	rs := []rune(text)
	for i := 0; i < len(rs); {
		r := rs[i]
		if d := digit(r); d >= 0 {
			tok := dateToken{tight: tight}
			for i < len(rs) && digit(rs[i]) >= 0 && tok.digits < 18 {
				tok.num = tok.num*10 + digit(rs[i])
				tok.digits++
				i++
			}
			toks, tight = append(toks, tok), true
			continue
		}
		if unicode.IsLetter(r) || unicode.Is(unicode.M, r) {
			j := i
			for j < len(rs) && (unicode.IsLetter(rs[j]) || unicode.Is(unicode.M, rs[j]) || rs[j] == '.' && j+1 < len(rs) && unicode.IsLetter(rs[j+1])) {
				j++
			}
			toks = append(toks, dateToken{word: fold(string(rs[i:j])), tight: tight})
			i, tight = j, true
			continue
		}
		if unicode.IsSpace(r) || r == ',' || r == '،' || r == 0x200e || r == 0x200f {
			tight = false
			i++
			continue
		}
		if r == '−' || r == '–' {
			r = '-'
		}
		if r < 0x80 {
			toks = append(toks, dateToken{sign: byte(r), tight: tight})
		}
		i, tight = i+1, true
	}
	return toks
}

// digit returns the value of a decimal digit of any script, or -1.
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	// Unicode keeps the digits of a script together, zero first.
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}

// dateReader takes a date apart.
type dateReader struct {
	text string
	toks []dateToken
	loc  *time.Location

	year, month, day int
	hour, min, sec   int
	weekday          string
}

// bare reads a date that is one number or word.
func (d *dateReader) bare() (time.Time, bool) {
	n := d.toks[0]
	date := func(y, m, day, h, min, s int) (time.Time, bool) {
		d.year, d.month, d.day, d.hour, d.min, d.sec = y, m, day, h, min, s
		return d.time()
	}
	switch n.digits {
	case 4:
		return date(n.num, 1, 1, 0, 0, 0)
	case 6:
		return date(century(n.num/10000), n.num/100%100, n.num%100, 0, 0, 0)
	case 8:
		return date(n.num/10000, n.num/100%100, n.num%100, 0, 0, 0)
	case 9, 10:
		return time.Unix(int64(n.num), 0).UTC(), true
	case 12:
		return date(n.num/1e8, n.num/1e6%100, n.num/1e4%100, n.num/100%100, n.num%100, 0)
	case 13:
		return time.UnixMilli(int64(n.num)).UTC(), true
	case 14:
		return date(n.num/1e10, n.num/1e8%100, n.num/1e6%100, n.num/1e4%100, n.num/100%100, n.num%100)
	}
	return time.Time{}, false
}

// century puts a year of two digits into the century that POSIX does.
func century(y int) int {
	switch {
	case y < 69:
		return y + 2000
	case y < 100:
		return y + 1900
	}
	return y
}

// take removes the tokens [i,j).
func (d *dateReader) take(i, j int) { d.toks = append(d.toks[:i:i], d.toks[j:]...) }

// at returns the token at i, or an empty one.
func (d *dateReader) at(i int) dateToken {
	if i < 0 || i >= len(d.toks) {
		return dateToken{}
	}
	return d.toks[i]
}

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

// calendar finds year, month and day in what clock left.
func (d *dateReader) calendar() bool {
	var nums []dateToken
	var sep byte
	for i, t := range d.toks {
		if t.sign == '(' {
			break // a comment, such as the zone's long name
		}
		switch {
		case t.digits > 0:
			nums = append(nums, t)
			if s := d.at(i + 1).sign; sep == 0 && (s == '/' || s == '.' || s == '-') {
				sep = s
			}
		case t.word != "":
			if m := month(t.word + " " + d.at(i+1).word); m != 0 {
				d.month = int(m)
			} else if m := month(t.word); m != 0 {
				d.month = int(m)
			} else if d.weekday == "" {
				d.weekday = t.word
			}
		}
	}
	if d.month != 0 {
		return d.named(nums)
	}
	return d.numeric(nums, sep)
}

// named fits day and year around a month that is a word.
func (d *dateReader) named(nums []dateToken) bool {
	switch {
	case len(nums) == 1 && nums[0].digits == 4:
		d.year, d.day = nums[0].num, 1
	case len(nums) >= 2 && (nums[0].digits == 4 || nums[0].num > 31):
		d.year, d.day = nums[0].num, nums[1].num
	case len(nums) >= 2:
		d.day, d.year = nums[0].num, nums[1].num
		if nums[1].digits <= 2 {
			d.year = century(d.year)
		}
	default:
		return false
	}
	return true
}

// numeric fits three numbers, or the first two or one of them.
func (d *dateReader) numeric(nums []dateToken, sep byte) bool {
	switch {
	case len(nums) > 0 && nums[0].digits == 4:
		d.year, d.month, d.day = nums[0].num, 1, 1
		if len(nums) > 1 {
			d.month = nums[1].num
		}
		if len(nums) > 2 {
			d.day = nums[2].num
		}
		return true
	case len(nums) > 0 && nums[0].digits == 8:
		d.year, d.month, d.day = nums[0].num/10000, nums[0].num/100%100, nums[0].num%100
		return true
	case len(nums) < 3:
		return false
	}
	a, b := nums[0].num, nums[1].num
	d.year = nums[2].num
	if nums[2].digits <= 2 {
		d.year = century(d.year)
	}
	// Day first, except with slashes, which are American unless that makes no
	// date or the name of the day says otherwise.
	d.day, d.month = a, b
	if sep == '/' && a <= 12 && (b > 12 || !d.dayFits(a, b)) || b > 12 {
		d.day, d.month = b, a
	}
	return true
}

// dayFits reports whether day/month, read the European way, is on the weekday
// that is named while the American reading is not.
func (d *dateReader) dayFits(day, mon int) bool {
	w := d.weekday
	if len(w) < 3 {
		return false
	}
	name := func(m, dd int) string {
		return strings.ToLower(time.Date(d.year, time.Month(m), dd, 0, 0, 0, 0, time.UTC).Weekday().String())
	}
	return strings.HasPrefix(name(mon, day), w[:3]) && !strings.HasPrefix(name(day, mon), w[:3])
}

// time puts the parts together; a day that no calendar has is no date.
func (d *dateReader) time() (time.Time, bool) {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.year < 1 || d.year > 9999 || d.hour > 24 || d.min > 59 {
		return time.Time{}, false
	}
	loc := d.loc
	if loc == nil {
		loc = time.UTC
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, 0, loc)
	if date := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC); date.Day() != d.day {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// oldest is the earliest date that is believed: feeds that know no date send
// the beginning of time.
var oldest = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)

// Dates returns when an entry was published and last changed, as it is stored
// and sorted by. What the feed claims is believed unless it lies before 1970
// or after the moment at which the entry was first seen; firstSeen stands in
// then, and for an entry without a date. So nothing from the future floats on
// top of the wire and an undated entry stays where it is for ever (S24).
// claimed is the feed's own text where it was not believed, else "".
func (e Entry) Dates(now, firstSeen time.Time) (published, updated time.Time, claimed string) {
	if firstSeen.IsZero() || firstSeen.After(now) {
		firstSeen = now
	}
	firstSeen = firstSeen.UTC()
	published = e.Published
	if published.Before(oldest) || published.After(firstSeen) {
		published = firstSeen
		claimed = e.DateText
	}
	updated = e.Updated
	if updated.Before(published) || updated.After(now) {
		updated = published
	}
	return published, updated, claimed
}
