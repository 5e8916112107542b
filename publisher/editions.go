package publisher

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// editions returns the jobs that make the feeds of every live cut.
func (r *run) editions(lists []*list) []job {
	var jobs []job
	for _, l := range live(lists) {
		gone := r.goneFrom(l)
		j := job{known: true, list: l, shows: l.edition, key: r.editionKey(l, gone)}
		for _, f := range Formats {
			j.paths = append(j.paths, l.Path+"."+f.Ext)
		}
		j.make = func(ctx context.Context, d *draft) ([]*File, error) {
			ed, err := r.edition(ctx, l, gone)
			if err != nil {
				return nil, err
			}
			return r.b.encode(d, ed)
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// goneFrom returns the stories that an edition says are gone.
func (r *run) goneFrom(l *list) []Deleted {
	if l.kind == kindCorrections {
		return nil // it never had them
	}
	return r.deleted(l.Cut)
}

func (r *run) editionKey(l *list, gone []Deleted) fileKey {
	return r.key("edition", l.Cut, l.edition, gone, r.last[l.Path])
}

// edition makes the edition of a cut that some stories are gone from.
func (r *run) edition(ctx context.Context, l *list, gone []Deleted) (Edition, error) {
	ed := r.heading(l.Cut)
	var err error
	if ed.Entries, err = r.entriesOf(ctx, l.edition); err != nil {
		return ed, err
	}
	ed.Deleted = gone
	if n := r.last[l.Path]; n > 0 {
		ed.PrevVolume = volumePath(l.Path, n)
	}
	apart(ed.Entries)
	ed.Updated = newestChange(ed.Entries, gone)
	return ed, nil
}

// heading is an edition of a cut without entries.
func (r *run) heading(c Cut) Edition {
	site := r.b.opt.Site
	ed := Edition{Site: site, Cut: c, ID: EditionID(cmp.Or(c.First, c.Path)), Title: c.Title + " - " + site.Title}
	if site.Title == "" {
		ed.Title = c.Title
	}
	return ed
}

// apart makes equal times of update differ by a microsecond, in the rare case
// that two ids gave two entries of one second the same one (F08).
func apart(entries []Entry) {
	seen := map[int64]bool{}
	for i := len(entries) - 1; i >= 0; i-- {
		for seen[entries[i].Updated.UnixMicro()] {
			entries[i].Updated = entries[i].Updated.Add(time.Microsecond)
			entries[i].Memo = nil // it is not the entry that others have
		}
		seen[entries[i].Updated.UnixMicro()] = true
	}
}

// encode writes an edition in every format. If one comes out larger than
// allowed, the oldest entries go from all of them, so that the three always
// hold the same (F33). One entry always stays.
func (b *Builder) encode(d *draft, ed Edition) ([]*File, error) {
	for {
		files := make([]*File, 0, len(Formats))
		size := 0
		for _, f := range Formats {
			body, err := d.write(func(dst []byte) ([]byte, error) { return b.opt.Encoders[f.Ext](dst, ed) })
			if err != nil {
				return nil, err
			}
			if err := verifyEdition(f.Ext, body, ed.Entries); err != nil {
				return nil, fmt.Errorf("check %s.%s: %w", ed.Cut.Path, f.Ext, err)
			}
			size = max(size, len(body))
			files = append(files, newFile(ed.Cut.Path+"."+f.Ext, f.Type, body, modified(ed)))
		}
		if size <= b.opt.MaxBytes || len(ed.Entries) <= 1 {
			return files, nil
		}
		d.again()
		ed.Entries = ed.Entries[:max(1, min(len(ed.Entries)-1, len(ed.Entries)*b.opt.MaxBytes/size))]
		ed.Updated = newestChange(ed.Entries, ed.Deleted)
	}
}

func newestOf(entries []Entry) time.Time {
	t := time.Unix(0, 0).UTC()
	for _, e := range entries {
		t = later(e.Updated, t)
	}
	return t
}

// modified is when an edition changed, as HTTP says it; an empty one has
// never changed, and its ETag has to do.
func modified(ed Edition) time.Time {
	if len(ed.Entries) == 0 {
		return time.Time{}
	}
	return ed.Updated
}
