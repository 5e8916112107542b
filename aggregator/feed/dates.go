package feed

import (
	"strings"
	"time"
)

// maxDate bounds a date text, in bytes.
const maxDate = 128

// parseDate reads a date in any form that feeds use: RFC 822 and 3339 in
// every variation, fragments of W3C-DTF, Unix times, month names in two dozen
// languages. Without a zone it is UTC, or the time of Korea if it is written in
// Korean, which has one zone. It never guesses from unreadable text: ok is
// false then.
func parseDate(text string) (t time.Time, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxDate {
		return time.Time{}, false
	}
	// The forms that nearly all feeds use need no understanding.
	if layout := usualLayout(text); layout != "" {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
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

// usualLayout is the one that a text can have of those that nearly all feeds
// use; "": none. An attempt that fails costs more than one that does not.
func usualLayout(text string) string {
	switch {
	case '0' <= text[0] && text[0] <= '9':
		return time.RFC3339
	case text[0] == '-':
		return "-06-01" // ISO 8601:1988, 5.2.1.3: year and month without the century
	case len(text) < 4 || text[3] != ',':
		return ""
	case strings.HasSuffix(text, "GMT"):
		return "Mon, 2 Jan 2006 15:04:05 GMT"
	}
	return "Mon, 2 Jan 2006 15:04:05 -0700"
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

var korea = time.FixedZone("KST", 9*60*60)

// time puts the parts together; a day that no calendar has is no date.
func (d *dateReader) time() (time.Time, bool) {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.year < 1 || d.year > 9999 || d.hour > 24 || d.min > 59 {
		return time.Time{}, false
	}
	loc := d.loc
	switch {
	case loc != nil:
	case strings.Contains(d.text, "년"):
		loc = korea
	default:
		loc = time.UTC
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, 0, loc)
	if date := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC); date.Day() != d.day {
		return time.Time{}, false
	}
	return t.UTC(), true
}
