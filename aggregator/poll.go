package aggregator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/schedule"
	"github.com/rightswire/rightswire/aggregator/websub"
	"github.com/rightswire/rightswire/news"
)

// result is what a poll of one source came to, with what its last steps need.
type result struct {
	news.PollResult
	job   job
	broke *brokenReader // what is left of our reader if it broke on the document
	keys  []string      // of the entries of the document that was read, if one was
	next  string        // where its next older page is; "": nowhere
	cut   bool          // the run ended while older pages were missing
}

// poll asks for one address and settles the answer for each source that has
// it: the results are parallel to the job and those it is also for. What went
// wrong at the address is part of the results, and returned as asked; err is
// set only when something on our side is broken.
func (a *Aggregator) poll(ctx context.Context, j job, s settlers) (results []result, asked, err error) {
	at := a.o.Now()
	req := a.request(j, at)
	a.visits.note(req.URL, at)
	res, left, asked := a.ask(ctx, j, req)
	defer res.Release()
	answer := fetch.Took(asked)
	if res != nil {
		answer = res.Took
	}
	if errors.Is(asked, fetch.ErrTurns) {
		if errors.Is(asked, fetch.ErrUnasked) {
			a.visits.takeBack(req.URL, at)
		}
		return nil, nil, asked
	}
	s.do(func() {
		for k := range j.all() {
			var r result
			if r, err = a.settle(ctx, k, req, at, res, asked); err != nil {
				results = nil
				return
			}
			if left > 0 && r.Poll.Outcome != news.OutcomeFailed {
				r.Poll.Note = join(r.Poll.Note, news.Count(left, "further sitemap")+" with news left unread: more than fetch.sitemaps")
			}
			r.State.Answer = answer.Round(time.Millisecond)
			results = append(results, r)
		}
	})
	return results, asked, err
}

// request is what is asked for a job. Sources that share an address and not
// their validators have to be given the whole document, and so does a source
// that has heard nothing but 304 for too long: some servers confirm whatever
// they are shown (P06).
func (a *Aggregator) request(j job, now time.Time) fetch.Request {
	req := fetch.Request{URL: j.address(), ETag: j.state.ETag, LastModified: j.state.LastModified,
		Home: j.source.URL, Header: j.source.Headers, Proxy: j.source.Proxy}
	// An index of sitemaps leads to others, at its host most often.
	req.Last = j.last && j.source.Type != news.TypeSitemap
	limit := a.o.Manners.Unconditional
	for k := range j.all() {
		st := k.state
		// A first document may have older pages (P47). At an address that has
		// moved the first hop would close the connection that the next may need;
		// of a temporary redirect nothing is known, it costs a connection more.
		if st.LastOK.IsZero() || st.Moved != "" {
			req.Last = false
		}
		if st.ETag != req.ETag || st.LastModified != req.LastModified ||
			limit > 0 && !st.Confirmed.IsZero() && now.Sub(st.Confirmed) >= limit {
			req.ETag, req.LastModified = "", ""
		}
	}
	return req
}

// settle makes a poll of an answer, or of the error that came instead:
// reading, filing, and when to ask again.
func (a *Aggregator) settle(ctx context.Context, j job, req fetch.Request, at time.Time, res *fetch.Response, err error) (result, error) {
	src, st := *j.source, *j.state
	r := result{job: j}
	p := news.Poll{Source: src.ID, At: at, Asked: conditions(req)}
	o := schedule.Outcome{Now: at, Source: src.ID, Cron: src.Schedule, Zone: a.o.Zone, Rhythm: st.Rhythm, Previous: st.LastOK, LastNew: st.LastNew}
	last := st.LastPoll
	st.Source, st.URL, st.LastPoll, st.Error = src.ID, src.URL, at, ""
	if err != nil {
		p.URL = fetch.Redact(req.URL)
	} else {
		noteResponse(&p, &o, res)
		r.Items, err = a.take(ctx, &r, &st, &p, &o, res)
		a.noteMove(&p, &st, res, err == nil)
	}
	if broken, ok := errors.AsType[fatalError](err); ok {
		return result{}, broken.error
	}
	a.conclude(&p, &st, &o, last, err)
	p.Took = a.o.Now().Sub(at)
	r.broke, _ = errors.AsType[*brokenReader](err)
	r.Poll, r.State = p, st
	return r, nil
}

// round takes the steps of a poll that ask for more than its address, and
// tells the run what it has to know of the results. The answer has been let
// go: it would stand in the way of theirs. An error is trouble on our side.
func (a *Aggregator) round(ctx context.Context, results []result, r *run) error {
	if err := a.older(ctx, results, r.busy); err != nil {
		return err
	}
	for i := range results {
		res := &results[i]
		if ctx.Err() == nil {
			a.seek(ctx, res.job, &res.PollResult, r)
		}
		if res.State.Busy.Equal(res.Poll.At) {
			a.noteBusy(ctx, &res.Poll, res.State, r.busy)
		}
	}
	return nil
}

// noteBusy counts a 429 or 503, and says so when it was one too many.
func (a *Aggregator) noteBusy(ctx context.Context, p *news.Poll, st news.SourceState, b *busy) {
	key := fetch.Key(st.URL)
	before := b.until(key, p.At).After(p.At)
	b.note(st)
	if until := b.until(key, p.At); until.After(p.At) && !before {
		p.Note = join(p.Note, fmt.Sprintf("several addresses of %s are too busy: all of it is left alone until %s", key, until.UTC().Format(time.RFC3339)))
		a.log.LogAttrs(ctx, slog.LevelWarn, "domain paused", slog.String("domain", key), slog.Time("until", until))
	}
}

// fatalError is trouble on our side during a poll, with the archive or the
// taxonomy, as opposed to trouble with the source.
type fatalError struct{ error }

// take reads a response and brings the state up to date with it. Validators
// are taken over only from a document that was read whole, since they vouch for
// all of its items (P43), and the body's hash from a body that came whole.
func (a *Aggregator) take(ctx context.Context, r *result, st *news.SourceState, p *news.Poll, o *schedule.Outcome, res *fetch.Response) (items []news.Item, err error) {
	if res.Status == http.StatusNotModified {
		// A 304 may renew the validators; what it leaves out stays (P05,
		// RFC 9111 section 4.3.4).
		if res.ETag != "" {
			st.ETag = res.ETag
		}
		if res.LastModified != "" {
			st.LastModified = res.LastModified
		}
		if st.Confirmed.IsZero() {
			st.Confirmed = p.At
		}
		p.Outcome = news.OutcomeUnchanged
		return nil, nil
	}
	st.Confirmed = time.Time{}
	sum := sha256.Sum256(res.Body)
	hash := hex.EncodeToString(sum[:])
	if hash == st.BodyHash && !res.Truncated {
		// The same bytes as last time are not parsed again (P07), but the
		// validators that came with them count (P04).
		st.ETag, st.LastModified = res.ETag, res.LastModified
		p.Outcome, p.Note = news.OutcomeUnchanged, join(p.Note, "same bytes as last time")
		return nil, nil
	}
	was := past{seen: st.LastOK}
	if !was.seen.IsZero() {
		if was.marks, err = a.o.Archive.Marks(ctx, r.job.source.ID); err != nil {
			return nil, fatalError{fmt.Errorf("read marks of %s: %w", r.job.source.ID, err)}
		}
	}
	got, err := a.read(ctx, *r.job.source, p, o, res, was)
	if err != nil {
		return nil, err
	}
	doc := got.doc
	r.Marks, r.keys = got.marks, entryKeys(doc)
	if r.Gone, err = a.gone(ctx, p, doc); err != nil {
		return nil, err
	}
	offer, _ := websub.Find(res.Header, doc)
	st.Hub, st.Topic = offer.Hub, offer.Topic
	switch {
	case res.Truncated:
		p.Note = join(p.Note, "the body ended early: what arrived was read, validators were not kept")
		st.BodyHash = ""
	case doc.Truncated():
		// Validators made from the newest article, as many are, are those of the
		// whole document, too. Where the same bytes come again, it stands so.
		p.Note = join(p.Note, "the document stops in the middle: validators were not kept")
		if st.ETag == res.ETag {
			st.ETag = ""
		}
		if st.LastModified == res.LastModified {
			st.LastModified = ""
		}
		st.BodyHash = hash
	default:
		st.ETag, st.LastModified, st.BodyHash = res.ETag, res.LastModified, hash
		r.next = doc.Next
	}
	p.Outcome = news.OutcomeUnchanged
	if p.New+p.Changed > 0 {
		p.Outcome = news.OutcomeNew
	}
	return got.items, nil
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

// conclude settles the outcome and asks the schedule when to come back.
func (a *Aggregator) conclude(p *news.Poll, st *news.SourceState, o *schedule.Outcome, last time.Time, err error) {
	if err != nil {
		a.fail(p, st, o, last, err)
	} else {
		st.Failures, st.Gone, st.LastOK = 0, 0, p.At
		st.NotBefore, st.Sought, st.Proposal = time.Time{}, false, ""
		o.OK = true
		if p.New > 0 {
			st.LastNew = p.At
			o.LastNew = p.At
		}
	}
	if a.o.Covered != nil {
		o.Covered = a.o.Covered(p.Source)
	}
	d := a.policy.Next(*o)
	st.NextDue, st.NextWhy, st.Rhythm = d.Due, d.Why, d.Rhythm
	if d.Pause { // P32
		st.NextDue = time.Time{}
		p.Note = join(p.Note, "gone for good: not asked again until its address changes or it is asked for by name")
	}
	p.NextDue, p.NextWhy = st.NextDue, st.NextWhy
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
		a.noteRefusal(st, p.At, code)
	}
	switch {
	case unlearn(p, st):
		// What the learned address says is not the configured one's word.
	case p.Status == http.StatusGone && (st.Gone == 0 || !sameDay(last, p.At)):
		st.Gone++ // of one day's answers only the first counts (P32)
	case p.Status != http.StatusGone && p.Status != 0:
		st.Gone = 0 // another answer ends the row; no answer says nothing
	}
	o.Gone = st.Gone
}

// noteRefusal remembers what a server that has had enough asks for (P15 to
// P17, P19).
func (a *Aggregator) noteRefusal(st *news.SourceState, at time.Time, code *fetch.StatusError) {
	st.NotBefore = time.Time{}
	if code.RetryAfter > 0 {
		st.NotBefore = at.Add(min(code.RetryAfter, cmp.Or(a.o.Policy.RetryAfterMax, schedule.Default().RetryAfterMax)))
	}
	if code.Code == http.StatusTooManyRequests || code.Code == http.StatusServiceUnavailable {
		st.Busy = at
	}
}

// noteExtra takes in what came of a request that is not a source's own, for an
// older page or for its site: a refusal is heard whatever was asked (P15,
// P19). That of another domain is no reason to stay away from the source.
func (a *Aggregator) noteExtra(r *news.PollResult, err error, b *busy) {
	code, ok := errors.AsType[*fetch.StatusError](err)
	if !ok {
		return
	}
	at := r.Poll.At
	if fetch.Key(code.URL) != fetch.Key(r.State.URL) {
		other := news.SourceState{URL: code.URL}
		a.noteRefusal(&other, at, code)
		b.note(other)
		return
	}
	before := r.State.NotBefore
	a.noteRefusal(&r.State, at, code)
	if before.After(r.State.NotBefore) {
		r.State.NotBefore = before
	}
	if st := &r.State; st.NotBefore.After(st.NextDue) && !st.NextDue.IsZero() {
		st.NextDue, st.NextWhy = st.NotBefore, "Retry-After of its site"
		r.Poll.NextDue, r.Poll.NextWhy = st.NextDue, st.NextWhy
	}
}

// sameDay reports whether two times are on one day of the calendar.
func sameDay(a, b time.Time) bool {
	const day = 24 * time.Hour
	return a.UTC().Truncate(day).Equal(b.UTC().Truncate(day))
}

// conditions says which conditional headers a request carries.
func conditions(req fetch.Request) string {
	var parts []string
	if req.ETag != "" {
		parts = append(parts, "If-None-Match: "+req.ETag)
	}
	if req.LastModified != "" {
		parts = append(parts, "If-Modified-Since: "+req.LastModified)
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
