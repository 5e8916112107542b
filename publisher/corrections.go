package publisher

import (
	"context"
	"fmt"
	"html"
	"strings"

	"github.com/google/uuid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/diff"
)

// corrections is the cut of what was changed or withdrawn after it had been
// published. Its entries are not stories but what happened to them, each with
// an id of its own: a reader of this feed hears of every correction, and a
// reader of any other of none twice.
func (b *Builder) corrections() spec {
	return spec{
		Cut:  Cut{Path: "/feeds/corrections", Page: "/corrections/", Title: "Corrections", Description: "What was changed or withdrawn after this wire had published it."},
		kind: kindCorrections, pages: 1, uncapped: true,
	}
}

// correctionsList reads what the feed of corrections holds, the latest first.
func (r *run) correctionsList(ctx context.Context) (*list, error) {
	cs, err := r.b.archive.Corrections(ctx, r.b.opt.Items)
	if err != nil {
		return nil, fmt.Errorf("list corrections: %w", err)
	}
	l := &list{spec: r.b.corrections()}
	for _, c := range cs {
		l.all = append(l.all, r.b.correction(c))
	}
	l.edition = l.all
	return l, nil
}

// correction turns a correction into an entry.
func (b *Builder) correction(c news.Correction) *listed {
	it := c.Item
	id := uuid.NewSHA1(editionSpace, fmt.Appendf(nil, "correction\x00%s\x00%s\x00%d", it.Source, it.Key, c.At.UnixMicro()))
	e := Entry{
		ID:         "urn:uuid:" + id.String(),
		Language:   clean.Language(it.Language),
		Source:     b.outlet(it.Source),
		Published:  plausible(c.At, it.FirstSeen),
		Correction: true,
	}
	e.Updated = stamp(e.Published, e.ID)
	if c.Visible {
		e.StoryURL = b.opt.Site.URL + storyPath(news.Story{UID: c.Story})
	}
	e.Categories, e.Countries = b.labels(news.Story{Items: []news.Item{it}})
	if c.Withdrawn.By != "" {
		b.withdrawal(&e, c)
	} else {
		b.change(&e, c)
	}
	return &listed{
		whole: &written{e, hashOf(e)}, published: momentOf(e.Published), updated: momentOf(e.Updated), seen: momentOf(e.Published),
		kin: &kin{source: e.Source.ID},
	}
}

// ours marks a line of ours in an entry that may be in another language
// than ours.
const ours = ` lang="en" dir="ltr"`

// withdrawal says that a report is gone. What the desk has withdrawn is not
// said again, not even its headline.
func (b *Builder) withdrawal(e *Entry, c news.Correction) {
	when := c.Item.Published.UTC().Format("2 January 2006")
	e.URL = clean.First(e.StoryURL, b.opt.Site.URL+"/corrections/")
	e.Language = "en"
	what := fmt.Sprintf("This wire no longer shows a report by %s of %s.", e.Source.Title, when)
	e.Title = clean.Title("Withdrawn: a report by "+e.Source.Title, titleRunes)
	if c.Withdrawn.By == news.BySource {
		what = fmt.Sprintf("%s has withdrawn its report of %s.", e.Source.Title, when)
		if t := clean.Title(c.Item.Title, titleRunes); t != "" {
			e.Title = clean.Title("Withdrawn: "+t, titleRunes)
		}
	}
	if why := clean.Line(c.Withdrawn.Why); why != "" {
		what += " Reason given: " + clean.Excerpt(why, excerptRunes)
	}
	e.Summary = what
	var w strings.Builder
	w.WriteString("<p" + ours + ">" + html.EscapeString(what) + "</p>")
	if e.StoryURL != "" {
		w.WriteString("\n<p" + ours + ">")
		link(&w, e.StoryURL, "The story goes on with other reports")
		w.WriteString("</p>")
	}
	e.Content = w.String()
}

// change says what a report says now and what it said before, as far as its
// source lets us show its text (F25).
func (b *Builder) change(e *Entry, c news.Correction) {
	title := clean.Title(clean.First(c.After.Title, c.Item.Title, c.After.URL), titleRunes)
	e.Title = title
	if !strings.HasPrefix(strings.ToLower(title), "correct") { // the outlet may say so itself
		e.Title = clean.Title("Corrected: "+title, titleRunes)
	}
	e.URL = clean.First(clean.URL(c.Item.URL), e.StoryURL, b.opt.Site.URL+"/corrections/")
	var w strings.Builder
	var changed []string
	say := func(name, before, after string) {
		parts := diff.Words(clean.Text(before), clean.Text(after))
		if len(parts) == 0 {
			return
		}
		changed = append(changed, "the "+name)
		w.WriteString("<p" + ours + ">The " + name + " changed:</p>\n<blockquote><p>" + marked(parts) + "</p></blockquote>\n")
	}
	say("headline", c.Before.Title, c.After.Title)
	policy := b.policy(c.Item.Source)
	before, after := texts(c, policy)
	n := len(changed)
	say("text", before, after)
	if c.Before.Summary+c.Before.Content != c.After.Summary+c.After.Content && len(changed) == n {
		changed = append(changed, "the text")
		w.WriteString("<p" + ours + ">The text changed; what it says is at the outlet.</p>\n")
	}
	if c.Before.URL != c.After.URL {
		changed = append(changed, "the address")
		w.WriteString("<p" + ours + ">The address of the report changed.</p>\n")
	}
	if len(changed) == 0 {
		changed = []string{"details"} // such as one that is not kept
	}
	e.Summary = fmt.Sprintf("%s changed %s of its report.", e.Source.Title, strings.Join(changed, " and "))
	if old := clean.Title(c.Before.Title, titleRunes); changed[0] == "the headline" && old != "" {
		e.Summary += fmt.Sprintf(" It said: %s", old)
	}
	w.WriteString("<p" + ours + ">Source: ")
	link(&w, clean.First(clean.URL(c.Item.URL), e.Source.Homepage), e.Source.Title)
	w.WriteString("</p>")
	if e.StoryURL != "" {
		w.WriteString("\n<p" + ours + ">")
		link(&w, e.StoryURL, "The story, with all reports")
		w.WriteString("</p>")
	}
	e.Content = w.String()
}

// texts returns what may be shown of the text before and after a change, as
// plain text: as much as an entry shows.
func texts(c news.Correction, policy news.ContentPolicy) (before, after string) {
	shown := func(r news.Revision) string {
		switch policy {
		case news.ContentTitle:
			return ""
		case news.ContentFull:
			if r.Content != "" {
				return strings.Join(strings.Fields(allText(r.Content)), " ")
			}
		}
		return clean.Excerpt(clean.First(r.Summary, textOf(r.Content)), excerptRunes)
	}
	return shown(c.Before), shown(c.After)
}

// maxChange bounds the text of a correction, in bytes.
const maxChange = 8 << 10

// marked writes a difference as HTML.
func marked(parts []diff.Part) string {
	var w strings.Builder
	for i, p := range parts {
		if i > 0 {
			w.WriteByte(' ')
		}
		text := html.EscapeString(p.Text)
		if w.Len()+len(text) > maxChange {
			w.WriteString("…")
			break
		}
		switch p.Op {
		case diff.Removed:
			w.WriteString("<del>" + text + "</del>")
		case diff.Added:
			w.WriteString("<ins>" + text + "</ins>")
		case diff.Gap:
			w.WriteString("…")
		default:
			w.WriteString(text)
		}
	}
	return w.String()
}
