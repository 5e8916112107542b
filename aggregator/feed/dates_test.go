package feed

import (
	"testing"
	"testing/quick"
	"time"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"RFC 3339", "2025-09-06T14:03:00+02:00", "2025-09-06T12:03:00Z"},
		{"RFC 822 with an offset", "Sat, 06 Sep 2025 14:03:00 +0200", "2025-09-06T12:03:00Z"},
		{"RFC 822 with GMT", "Sat, 06 Sep 2025 14:03:00 GMT", "2025-09-06T14:03:00Z"},
		{"RFC 822 with a zone's name", "Wed, 26 Dec 2018 10:00:54 PST", "2018-12-26T18:00:54Z"},
		{"RFC 822 without seconds", "Mon, 30 Mar 2020 19:53 +0000", "2020-03-30T19:53:00Z"},
		{"RFC 850", "Saturday, 06-Sep-25 14:03:00 GMT", "2025-09-06T14:03:00Z"},
		{"two digits are a year of this century", "Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21Z"},
		{"two digits are a year of the last", "1 Jan 99", "1999-01-01T00:00:00Z"},
		{"asctime", "Sun Jul 15 01:16:00 +0000 2012", "2012-07-15T01:16:00Z"},
		{"date(1)", "Sat Sep 6 14:03:00 CEST 2025", "2025-09-06T12:03:00Z"},
		{"JavaScript", "Thu Nov 12 2020 17:00:00 GMT+0000 (Coordinated Universal Time)", "2020-11-12T17:00:00Z"},
		{"a fraction of W3C-DTF", "1997-07", "1997-07-01T00:00:00Z"},
		{"only a year", "2003", "2003-01-01T00:00:00Z"},
		{"compact ISO 8601", "20250906T140300Z", "2025-09-06T14:03:00Z"},
		{"a space for the T", "2025-09-06 14:03:00 +0200", "2025-09-06T12:03:00Z"},
		{"an offset and a Z", "2020-11-08T16:20:00-05:00Z", "2020-11-08T21:20:00Z"},
		{"fractions of a second", "2025-09-06T14:03:00.123456+02:00", "2025-09-06T12:03:00Z"},
		{"midnight at the end of the day", "Sat, 06 Sep 2025 24:00:00 GMT", "2025-09-07T00:00:00Z"},
		{"Unix time", "1757160180", "2025-09-06T12:03:00Z"},
		{"Unix time in milliseconds", "1757160180000", "2025-09-06T12:03:00Z"},
		{"American with slashes", "09/15/2014 4:20 pm PST", "2014-09-16T00:20:00Z"},
		{"European with slashes where only that fits", "Fri, 26/06/2020", "2020-06-26T00:00:00Z"},
		{"European with slashes where the day says so", "Sat, 06/09/2025", "2025-09-06T00:00:00Z"},
		{"with full stops", "06.09.2025 14:03", "2025-09-06T14:03:00Z"},
		{"an ordinal", "September 6th, 2025, 2:03 pm EST", "2025-09-06T19:03:00Z"},
		{"noon", "Nov. 16, 2020, 12:57 p.m.", "2020-11-16T12:57:00Z"},
		{"the evening in a date of RFC 822", "Mon, 30 Nov 2026 10:00 PM", "2026-11-30T22:00:00Z"},
		{"the evening with a zone", "Mon, 30 Nov 2026 10:00 PM GMT", "2026-11-30T22:00:00Z"},
		{"the evening with seconds and an offset", "Mon, 30 Nov 2026 10:00:00 PM +0100", "2026-11-30T21:00:00Z"},
		{"midnight at the end of the month", "Mon, 30 Nov 2026 24:00:00 GMT", "2026-12-01T00:00:00Z"},
		{"midnight at the end of the year, without a zone", "2026-12-31T24:00", "2027-01-01T00:00:00Z"},
		{"midnight", "Nov. 16, 2020, 12:57 a.m.", "2020-11-16T00:57:00Z"},
		{"a month without a day", "Nov. 2020", "2020-11-01T00:00:00Z"},
		{"a zone of the IANA database", "Thu, 25 Feb 2016 00:00:00 Europe/Brussels", "2016-02-24T23:00:00Z"},
		{"Spanish", "sábado, 6 de septiembre de 2025", "2025-09-06T00:00:00Z"},
		{"French, shortened", "ven., 03 juil. 2020 15:09:58 +0000", "2020-07-03T15:09:58Z"},
		{"German", "Do, 29 Mär 2018 00:00:00 +0200", "2018-03-28T22:00:00Z"},
		{"Italian Tuesday is not March", "mar, 02 set 2025", "2025-09-02T00:00:00Z"},
		{"Portuguese", "Qua, 07 Mai 2025 14:03:00 -0300", "2025-05-07T17:03:00Z"},
		{"Russian", "Пт, 05 дек 2025 14:03:00 +0300", "2025-12-05T11:03:00Z"},
		{"Ukrainian", "6 вересня 2025", "2025-09-06T00:00:00Z"},
		{"Polish", "sob., 06 wrz 2025 14:03:00 +0200", "2025-09-06T12:03:00Z"},
		{"Czech June", "6. června 2025", "2025-06-06T00:00:00Z"},
		{"Czech July", "6. července 2025", "2025-07-06T00:00:00Z"},
		{"Turkish", "06 Eylül 2025 14:03", "2025-09-06T14:03:00Z"},
		{"Indonesian", "Sabtu, 06 Agt 2025 14:03 WIB", "2025-08-06T07:03:00Z"},
		{"Filipino", "6 Setyembre 2025", "2025-09-06T00:00:00Z"},
		{"Greek", "Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"},
		{"Hungarian", "2025. szeptember 6. 14:03", "2025-09-06T14:03:00Z"},
		{"Arabic with Arabic digits", "٦ سبتمبر ٢٠٢٥", "2025-09-06T00:00:00Z"},
		{"Levantine Arabic in two words", "6 كانون الأول 2025", "2025-12-06T00:00:00Z"},
		{"Hindi with Devanagari digits", "६ सितंबर २०२५", "2025-09-06T00:00:00Z"},
		{"Bengali", "৬ সেপ্টেম্বর ২০২৫", "2025-09-06T00:00:00Z"},
		{"Persian", "۶ سپتامبر ۲۰۲۵", "2025-09-06T00:00:00Z"},
		{"Chinese", "2025年09月06日 14:03:00", "2025-09-06T14:03:00Z"},
		{"Korean", "2025년 9월 6일 14:03", "2025-09-06T05:03:00Z"},
		{"Korean with a zone", "2025년 9월 6일 14:03 +0000", "2025-09-06T14:03:00Z"},
		{"a year without its century", "-03-12", "2003-12-01T00:00:00Z"},
		{"Moscow", "Sat, 06 Sep 2025 14:03:00 MSK", "2025-09-06T11:03:00Z"},
		{"India", "Sat, 06 Sep 2025 14:03:00 IST", "2025-09-06T08:33:00Z"},
		{"an unknown zone counts as none", "Sat, 06 Sep 2025 14:03:00 XYZ", "2025-09-06T14:03:00Z"},

		{"a day that no month has", "Thu, 30 Feb 2025 12:00:00 GMT", ""},
		{"an hour that no day has", "2003-12-31T25:14:55Z", ""},
		{"a month that is no word", "Sun, 16 zzz 2012 11:47:32 GMT", ""},
		{"words", "yesterday", ""},
		{"a negative number", "-1", ""},
		{"an exponent", "1e309", ""},
		{"year zero", "0000-00-00T00:00:00Z", ""},
		{"nothing", " ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if d, ok := parseDate(tt.in); ok {
				got = d.Format(time.RFC3339)
			}
			if got != tt.want {
				t.Errorf("parseDate(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// What RFC 3339 can write is read back, in every spelling that we know of.
func TestParseDateReadsWhatItMeans(t *testing.T) {
	layouts := []string{
		time.RFC3339, time.RFC1123Z, time.RFC850, "2 January 2006 15:04:05 -0700", "2006/01/02 15:04:05 -0700",
		"Monday, January 2, 2006 3:04:05 PM -07:00", "02.01.2006 15:04:05 +0000", "20060102T150405Z",
	}
	prop := func(seconds uint32) bool {
		want := time.Unix(int64(seconds)/2+1e8, 0).UTC()
		for _, l := range layouts {
			if got, ok := parseDate(want.Format(l)); !ok || !got.Equal(want) {
				t.Logf("parseDate(%q) = %v %v, want %v", want.Format(l), got, ok, want)
				return false
			}
		}
		return true
	}
	if err := quick.Check(prop, nil); err != nil {
		t.Error(err)
	}
}

func TestDatesBelievesOnlyWhatCanBe(t *testing.T) {
	at := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	now, seen := at("2025-09-06"), at("2025-09-05")
	tests := []struct {
		name               string
		published, updated time.Time
		text               string
		wantPublished      time.Time
		wantUpdated        time.Time
		wantClaimed        string
	}{
		{"a date in the past is believed", at("2025-09-01"), at("2025-09-03"), "x", at("2025-09-01"), at("2025-09-03"), ""},
		{"no date is when we saw it first", time.Time{}, time.Time{}, "", seen, seen, ""},
		{"nonsense is kept as claimed", time.Time{}, time.Time{}, "yesterday", seen, seen, "yesterday"},
		{"the future is not believed", at("2044-01-01"), at("2044-01-01"), "2044", seen, seen, "2044"},
		{"the beginning of time is not believed", at("1970-01-01"), time.Time{}, "1970", seen, seen, "1970"},
		{"the year zero is not believed", time.Time{}.AddDate(98, 0, 0), time.Time{}, "0099", seen, seen, "0099"},
		{"a change before the publication is none", at("2025-09-01"), at("2025-08-01"), "x", at("2025-09-01"), at("2025-09-01"), ""},
		{"a change in the future is none", at("2025-09-01"), at("2025-10-01"), "x", at("2025-09-01"), at("2025-09-01"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := Entry{Published: tt.published, Updated: tt.updated, DateText: tt.text}
			p, u, c := e.Dates(now, seen)
			if !p.Equal(tt.wantPublished) || !u.Equal(tt.wantUpdated) || c != tt.wantClaimed {
				t.Errorf("Dates() = %v, %v, %q, want %v, %v, %q", p, u, c, tt.wantPublished, tt.wantUpdated, tt.wantClaimed)
			}
		})
	}
}

// S24: whatever a feed claims, nothing is dated after the poll or before 1970,
// and what is stored once stays what it is at the next poll.
func TestDatesStaysWithinBounds(t *testing.T) {
	now := time.Date(2025, 9, 6, 0, 0, 0, 0, time.UTC)
	prop := func(pub, upd int64, ago uint16) bool {
		seen := now.Add(-time.Duration(ago) * time.Minute)
		e := Entry{Published: time.Unix(pub%1e12, 0).UTC(), Updated: time.Unix(upd%1e12, 0).UTC()}
		p, u, _ := e.Dates(now, seen)
		again, _, _ := e.Dates(now.Add(time.Hour), seen)
		return !p.After(seen) && p.Year() >= 1970 && !u.Before(p) && !u.After(now) && again.Equal(p)
	}
	if err := quick.Check(prop, &quick.Config{MaxCount: 5000}); err != nil {
		t.Error(err)
	}
}

// Which layout a text can have is told by its first letters: none of the others
// would have read it.
func TestUsualLayoutIsTheOnlyOneThatFits(t *testing.T) {
	layouts := []string{time.RFC3339, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 GMT", "-06-01"}
	written := append([]string{time.RFC1123, time.RFC1123Z, time.RFC822, time.RFC3339Nano, time.DateTime, time.DateOnly, "Mon, 2 Jan 2006 15:04:05.000 GMT"}, layouts...)
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), 0).In(time.FixedZone("", rapid.IntRange(-14, 14).Draw(t, "hours")*3600))
		text := at.Format(rapid.SampledFrom(written).Draw(t, "layout"))
		if n := rapid.IntRange(-1, len(text)-1).Draw(t, "changed"); n >= 0 {
			text = text[:n] + rapid.SampledFrom([]string{"", "G", "0", "-", ",", "mOn", " "}).Draw(t, "to") + text[n+1:]
		}
		if text == "" {
			return
		}
		for _, layout := range layouts {
			if _, err := time.Parse(layout, text); err == nil && layout != usualLayout(text) {
				t.Errorf("usualLayout(%q) = %q, and it is written as %q", text, usualLayout(text), layout)
			}
		}
	})
}
