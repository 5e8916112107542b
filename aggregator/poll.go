package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/news"
)

// poll looks at one source once: request, reading, filing. What went wrong at
// the source is part of the result, with what is left of our reader if it
// broke on the document; an error is returned only when something else on our
// side is broken.
func (a *Aggregator) poll(ctx context.Context, src news.Source, st news.SourceState) (news.PollResult, *brokenReader, error) {
	start := a.o.Now()
	p := news.Poll{Source: src.ID, At: start, URL: fetch.Redact(src.URL), Asked: asked(st)}
	o := schedule.Outcome{Now: start, Source: src.ID, Cron: src.Schedule, Zone: a.o.Zone, Rhythm: st.Rhythm, LastNew: st.LastNew}
	last := st.LastPoll
	st.URL, st.LastPoll, st.Error = src.URL, start, ""

	var items []news.Item
	a.visits.note(src.URL, start)
	res, err := a.o.Fetcher.Get(ctx, fetch.Request{URL: src.URL, ETag: st.ETag, LastModified: st.LastModified, Header: src.Headers})
	defer res.Release()
	if err == nil {
		noteResponse(&p, &o, res)
		items, err = a.take(ctx, src, &st, &p, &o, res)
		noteMove(&p, &st, res, start, err == nil)
	}
	var broken fatalError
	if errors.As(err, &broken) {
		return news.PollResult{}, nil, broken.error
	}
	a.conclude(&p, &st, &o, last, err)
	p.Took = a.o.Now().Sub(start)
	broke, _ := errors.AsType[*brokenReader](err)
	return news.PollResult{Poll: p, State: st, Items: items}, broke, nil
}

// fatalError is trouble on our side during a poll, with the archive or the
// taxonomy, as opposed to trouble with the source.
type fatalError struct{ error }

// take reads a response and brings the state up to date with it. Validators
// and the body's hash are taken over only from a document that was read
// whole, since they vouch for all of its items (P43).
func (a *Aggregator) take(ctx context.Context, src news.Source, st *news.SourceState, p *news.Poll, o *schedule.Outcome, res *fetch.Response) ([]news.Item, error) {
	if res.Status == http.StatusNotModified {
		// A 304 may renew the validators; what it leaves out stays (P05,
		// RFC 9111 section 4.3.4).
		if res.ETag != "" {
			st.ETag = res.ETag
		}
		if res.LastModified != "" {
			st.LastModified = res.LastModified
		}
		p.Outcome = news.OutcomeUnchanged
		return nil, nil
	}
	sum := sha256.Sum256(res.Body)
	hash := hex.EncodeToString(sum[:])
	if hash == st.BodyHash && !res.Truncated {
		// The same bytes as last time are not parsed again (P07), but the
		// validators that came with them count (P04).
		st.ETag, st.LastModified = res.ETag, res.LastModified
		p.Outcome, p.Note = news.OutcomeUnchanged, join(p.Note, "same bytes as last time")
		return nil, nil
	}
	items, err := a.read(ctx, src, p, o, res, st.LastOK)
	if err != nil {
		return nil, err
	}
	if res.Truncated {
		p.Note = join(p.Note, "the body ended early: what arrived was read, validators were not kept")
		st.BodyHash = ""
	} else {
		st.ETag, st.LastModified, st.BodyHash = res.ETag, res.LastModified, hash
	}
	p.Outcome = news.OutcomeUnchanged
	if p.New+p.Changed > 0 {
		p.Outcome = news.OutcomeNew
	}
	return items, nil
}

// noteResponse puts what the response says about itself into the ledger row
// and the schedule's question.
func noteResponse(p *news.Poll, o *schedule.Outcome, res *fetch.Response) {
	p.Status, p.URL, p.Bytes = res.Status, fetch.Redact(res.URL), int64(len(res.Body))
	o.Status, o.Fresh = res.Status, res.Fresh
	// Of a body that ended early the validators were not kept, which does not
	// mean that the server has none.
	o.HasValidators = res.ETag != "" || res.LastModified != "" || res.Status == http.StatusNotModified || res.Truncated
}

// noteMove records where permanent redirects led. It is a sighting: the
// configured URL stays in use until a desk decides (S26, P27). Where they led
// to no feed, as to a log-in or a parked domain, nothing has moved: the ledger
// says so and the row of sightings is left as it is (P29).
func noteMove(p *news.Poll, st *news.SourceState, res *fetch.Response, now time.Time, readable bool) {
	to := oneLine(fetch.Redact(res.Permanent))
	switch {
	case res.Permanent == "" && readable:
		st.Moved, st.MovedSince, st.MovedSeen = "", time.Time{}, 0
		return
	case res.Permanent == "":
		return
	case !readable:
		p.Note = join(p.Note, fmt.Sprintf("redirected permanently to %s, which is no feed", to))
		return
	case res.Permanent != st.Moved:
		st.Moved, st.MovedSince, st.MovedSeen = res.Permanent, now, 1
	default:
		st.MovedSeen++
	}
	p.Note = join(p.Note, fmt.Sprintf("moved permanently to %s (seen %s)", to, plural(st.MovedSeen, "time")))
}

// conclude settles the outcome and asks the schedule when to come back.
func (a *Aggregator) conclude(p *news.Poll, st *news.SourceState, o *schedule.Outcome, last time.Time, err error) {
	if err != nil {
		a.fail(p, st, o, last, err)
	} else {
		st.Failures, st.Gone, st.LastOK = 0, 0, p.At
		o.OK, o.New = true, p.New
		if p.New > 0 {
			st.LastNew = p.At
			o.LastNew = p.At
		}
	}
	d := a.o.Policy.Next(*o)
	st.NextDue, st.NextWhy, st.Rhythm = d.Due, d.Why, d.Rhythm
	p.NextDue, p.NextWhy = d.Due, d.Why
}

// fail books a failed poll. Items and validators stay as they are (P43).
func (a *Aggregator) fail(p *news.Poll, st *news.SourceState, o *schedule.Outcome, last time.Time, err error) {
	st.Failures++
	st.Error = oneLine(err.Error())
	p.Outcome, p.Error = news.OutcomeFailed, st.Error
	p.New, p.Changed, p.LeftOut = 0, 0, 0
	o.Failures = st.Failures
	if code, ok := errors.AsType[*fetch.StatusError](err); ok {
		p.Status, p.URL = code.Code, fetch.Redact(code.URL)
		o.Status, o.RetryAfter = code.Code, code.RetryAfter
	}
	switch {
	case p.Status == http.StatusGone && (st.Gone == 0 || !sameDay(last, p.At)):
		st.Gone++ // of one day's answers only the first counts (P32)
	case p.Status != http.StatusGone && p.Status != 0:
		st.Gone = 0 // another answer ends the row; no answer says nothing
	}
	o.Gone = st.Gone
}

// sameDay reports whether two times are on one day of the calendar.
func sameDay(a, b time.Time) bool {
	const day = 24 * time.Hour
	return a.UTC().Truncate(day).Equal(b.UTC().Truncate(day))
}

// asked says which conditional headers a request carries.
func asked(st news.SourceState) string {
	var parts []string
	if st.ETag != "" {
		parts = append(parts, "If-None-Match: "+st.ETag)
	}
	if st.LastModified != "" {
		parts = append(parts, "If-Modified-Since: "+st.LastModified)
	}
	return strings.Join(parts, ", ")
}

// join adds a remark to a note.
func join(note, more string) string {
	if note == "" {
		return more
	}
	return note + "; " + more
}

// maxReason bounds the text of an error kept in the ledger, in bytes: a
// source chooses part of it (redirect targets, XML names).
const maxReason = 500

// oneLine makes a text fit for one line of a ledger or a log: bounded, and
// without control characters (S32), the invisible ones that turn a line
// around (S29) included.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "") + "…"
	}
	return s
}
