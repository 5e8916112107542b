package health

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// moved judges where permanent redirects lead.
func moved(f Facts, now time.Time, _ Policy) (Finding, bool) {
	st := f.State
	switch {
	case st.Learned != "":
		return Finding{Kind: Moved, Severity: Notice, Since: st.MovedSince,
			Says: "It has moved within its site, and is asked at " + st.Learned + " now.",
			Do:   "Write that address as url: when it suits you. Nothing is lost until then."}, true
	case st.Moved == "" || st.MovedSeen < 3:
		return Finding{}, false
	case host(st.Moved) == host(f.Source.URL):
		return Finding{Kind: Moved, Severity: Notice, Since: st.MovedSince,
			Says: fmt.Sprintf("Its server redirects to %s for good (seen %s).", st.Moved, news.Count(st.MovedSeen, "time")),
			Do:   "Nothing: if it stays, it is asked there by itself. You may write that address as url:."}, true
	}
	out := Finding{Kind: Moved, Severity: Notice, Since: st.MovedSince,
		Says: fmt.Sprintf("Its server redirects to another site for good: %s (seen %s since %s).", st.Moved, news.Count(st.MovedSeen, "time"), date(st.MovedSince)),
		Do:   "Open both addresses. If the new one is the same outlet, write it as url:, for redirects can end any day; if it is somebody else, who took the name over, pause the source."}
	if now.Sub(st.MovedSince) >= 7*day {
		out.Severity = Warning // it is here to stay, and only the desk may decide
	}
	return out, true
}

func host(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// How many items a verdict on the language rests on, and what share of them
// has to agree, in percent.
const (
	languageItems = 10
	languageShare = 80
)

// language judges whether the latest items are in another language than those
// before them, or than the desk says.
func language(f Facts, _ time.Time, _ Policy) (Finding, bool) {
	var known []string
	var since []time.Time
	for _, it := range f.Latest {
		if l := base(it.Language); l != "" && l != "und" {
			known, since = append(known, l), append(since, it.FirstSeen)
		}
	}
	if len(known) < languageItems {
		return Finding{}, false
	}
	now := most(known[:languageItems])
	if share(known[:languageItems], now) < languageShare {
		return Finding{}, false
	}
	run := 0 // how far back it is so
	for run < len(known) && known[run] == now {
		run++
	}
	out := Finding{Kind: Language, Severity: Warning, Since: since[max(run, 1)-1],
		Do: "Open its feed. If the outlet has changed its language, write that as language:, or leave it out to have it found for each item; if the feed is now another edition, look for the one that you want."}
	if said := base(f.Source.Language); said != "" && said != now {
		out.Says = fmt.Sprintf("config.yaml says that it writes in %q; its latest items are in %q.", said, now)
		return out, true
	}
	earlier := known[languageItems:]
	if len(earlier) < languageItems || share(earlier, now) > 100-languageShare {
		return Finding{}, false
	}
	out.Says = fmt.Sprintf("Its latest items are in %q; before, it wrote in %q.", now, most(earlier))
	return out, true
}

func base(tag string) string {
	l, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return l
}

// most returns the value that occurs most, the first of equals.
func most(values []string) string {
	best, n := "", 0
	for _, v := range values {
		if k := times(values, v); k > n {
			best, n = v, k
		}
	}
	return best
}

func times(values []string, v string) int {
	n := 0
	for _, x := range values {
		if x == v {
			n++
		}
	}
	return n
}

// share returns how many of values are v, in percent.
func share(values []string, v string) int { return 100 * times(values, v) / len(values) }

// dates judges what the latest items say of their own time.
func dates(f Facts, _ time.Time, _ Policy) (Finding, bool) {
	latest := f.Latest[:min(len(f.Latest), 20)]
	undated, odd, future, example := 0, 0, 0, ""
	var undatedFrom, oddFrom time.Time // the latest come first
	for _, it := range latest {
		switch {
		case it.Claimed != "":
			odd++
			oddFrom = it.FirstSeen
			if t, err := readDate(it.Claimed); err == nil && t.After(it.FirstSeen) {
				future++
			}
			if example == "" {
				example = it.Claimed
			}
		case it.Published.Equal(it.FirstSeen):
			undated++
			undatedFrom = it.FirstSeen
		}
	}
	switch {
	case len(latest) < 8:
	case odd*2 >= len(latest):
		out := Finding{Kind: OddDates, Severity: Warning, Since: oddFrom,
			Says: fmt.Sprintf("The dates of %d of its last %d items cannot be believed, such as %q; they stand where they were first seen.", odd, len(latest), clip(example)),
			Do:   "Tell its people. Nothing is lost, but its items are sorted by when we saw them."}
		if future*2 > odd {
			out.Says = fmt.Sprintf("%d of its last %d items are dated to the future, such as %q; they stand where they were first seen.", odd, len(latest), clip(example))
		}
		return out, true
	case undated*5 >= len(latest)*4:
		return Finding{Kind: Undated, Severity: Notice, Since: undatedFrom,
			Says: fmt.Sprintf("%d of its last %d items carry no date; they stand where they were first seen.", undated, len(latest)),
			Do:   "Nothing, unless the outlet has a better feed."}, true
	}
	return Finding{}, false
}

// readDate reads the two forms that nearly all feeds use.
func readDate(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return mail.ParseDate(text)
}

func clip(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// proposed says that a source waits for the desk.
func proposed(f Facts) (Finding, bool) {
	out := Finding{Kind: Proposed, Severity: Notice, Since: f.First,
		Do: "Look at what it brings (\"rightswire items list --source " + f.Source.ID + "\"), then accept it with \"rightswire sources accept " + f.Source.ID + "\", or remove it."}
	switch {
	case f.State.LastPoll.IsZero():
		out.Says = "It waits for the desk, and has not been asked yet."
	case f.State.Failures > 0:
		cause, why := causeNow(f)
		out.Says = fmt.Sprintf("It waits for the desk, and does not work: %s. The last error was: %s", cause.sentence(), why)
	default:
		out.Says = fmt.Sprintf("It waits for the desk; %s would be published.", news.Count(f.Preview, "item"))
	}
	return out, true
}
