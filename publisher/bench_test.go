package publisher_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/pages"
)

// shelves is an archive that answers from an index, so that a benchmark
// measures the builder and not the archive.
type shelves struct {
	newsroom
	by   map[string][]news.Story // newest first, by what a query asks for
	byID map[int64]news.Story
}

func (s *shelves) index() {
	s.by, s.byID = map[string][]news.Story{}, map[int64]news.Story{}
	slices.SortFunc(s.stories, func(a, b news.Story) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(b.ID, a.ID))
	})
	for _, st := range s.stories {
		s.byID[st.ID] = st
		lead := st.LeadItem()
		put := func(c, p, l, src string) {
			key := strings.Join([]string{c, p, l, src}, "|")
			s.by[key] = append(s.by[key], st)
		}
		put("", "", "", "")
		put("", lead.Places[0].Country, "", "")
		put("", "", lead.Language, "")
		put("", "", "", lead.Source)
		for _, f := range lead.Filings {
			put(f.Category, "", "", "")
			put(f.Category, "", lead.Language, "")
		}
	}
}

func (s *shelves) StoryMarks(_ context.Context, q news.Query) ([]news.StoryMark, error) {
	key := strings.Join([]string{strings.Join(q.Categories, ""), strings.Join(q.Countries, ""), strings.Join(q.Languages, ""), strings.Join(q.Sources, "")}, "|")
	all := s.by[key]
	from := 0
	if q.After != (news.Cursor{}) {
		from, _ = slices.BinarySearchFunc(all, q.After, func(st news.Story, c news.Cursor) int {
			return cmp.Or(c.Published.Compare(st.Published), cmp.Compare(c.ID, st.ID))
		})
		if from < len(all) && all[from].ID == q.After.ID {
			from++
		}
	}
	out := slices.Clone(all[from:min(len(all), from+q.Limit)])
	return marksOf(slices.DeleteFunc(out, func(st news.Story) bool { return st.LeadItem().FirstSeen.Before(q.Since) })), nil
}

func (s *shelves) StoryHeads(ctx context.Context, ids []int64) ([]news.StoryHead, error) {
	stories, err := s.FindStories(ctx, ids, nil)
	return headsOf(stories), err
}

func (s *shelves) FindStories(_ context.Context, ids []int64, _ func(_, _ string) bool) ([]news.Story, error) {
	out := make([]news.Story, len(ids))
	for i, id := range ids {
		out[i] = s.byID[id]
	}
	return out, nil
}

// continent is an archive of n stories of 100 sources in 5 languages, under
// 20 categories and 40 countries, a fifth of them carried by several outlets.
func continent(n int) (*shelves, publisher.Options) {
	opt := options()
	opt.Sources, opt.Categories, opt.PerSource = nil, nil, 10
	langs := []string{"en", "es", "fr", "ar", "pt"}
	places := strings.Fields("AR BD BO BR CA CL CN CO DE EG ES ET FR GB GH GT HN ID IN IQ IT JO JP KE KH KR LB MA MX MY NG NP PE PH PK QA SA TR US ZA")
	for i := range 100 {
		id := fmt.Sprintf("desk%03d", i)
		s := news.Source{ID: id, Title: "Desk & Daily " + id, URL: "https://" + id + ".example/feed", Homepage: "https://" + id + ".example/", Language: langs[i%5], Kind: "news", Rank: 1}
		if i%4 == 0 {
			s.Content = news.ContentFull
		}
		opt.Sources = append(opt.Sources, s)
	}
	for i := range 20 {
		opt.Categories = append(opt.Categories, news.Category{ID: fmt.Sprintf("topic-%02d", i), Title: fmt.Sprintf("Topic %d & rights", i), Description: "What is reported about it."})
	}
	a := &shelves{}
	for i := range n {
		id := int64(i + 1)
		src := opt.Sources[(i*37)%100]
		st := story(id, src.ID, fmt.Sprintf("topic-%02d", i%20), src.Language, noon.Add(time.Duration(i)*7*time.Minute))
		it := &st.Items[0]
		it.Title = fmt.Sprintf("Report %d: dockers & lashers \"stop work\" at pier %d, union says", i, i%17)
		it.Summary = strings.Repeat(fmt.Sprintf("They have been without pay since May, says report %d & its authors. ", i), 6)
		it.Content = strings.Repeat(fmt.Sprintf("<p>Paragraph of <em>some</em> length in report %d, as an <a href=\"https://%s.example/x?a=1&amp;b=2\">agency</a> writes it: not long, not short, and said once more.</p>\n", i, src.ID), 12)
		it.Author = "Ana Díaz"
		it.Filings = append(it.Filings, news.Filing{Category: fmt.Sprintf("topic-%02d", (i*7+3)%20)})
		it.Places = []news.Place{{Country: places[(i*13)%len(places)]}}
		for k := range (i % 5) / 4 * 3 {
			also := st.Items[0]
			also.ID, also.Source, also.Title = int64(n+10*i+k), opt.Sources[(i*37+k+1)%100].ID, fmt.Sprintf("Also %d about report %d", k, i)
			st.Items = append(st.Items, also)
		}
		a.put(st)
	}
	a.index()
	r, err := pages.New()
	if err != nil {
		panic(err)
	}
	opt.Pages = r
	return a, opt
}

// BenchmarkBuild makes the whole site of 5,000 stories. cpu-ms is what all
// cores worked, site-MB what the site keeps.
func BenchmarkBuild(b *testing.B) {
	a, opt := continent(5000)
	var site *publisher.Site
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		site = build(b, a, opt)
	}
	b.ReportMetric(float64((cpuTime()-before).Milliseconds())/float64(b.N), "cpu-ms/op")
	bytes := 0
	for _, f := range site.Files {
		bytes += len(f.Body)
	}
	b.ReportMetric(float64(bytes)/1e6, "site-MB")
	b.ReportMetric(float64(len(site.Files)), "files")
}

// BenchmarkFolder makes the site of 5,000 stories as for a folder: what is made
// is put aside, and then all bytes are asked for, as a delivery does. live-MB is
// what the site keeps in memory.
func BenchmarkFolder(b *testing.B) {
	a, opt := continent(5000)
	var site *publisher.Site
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		aside, err := os.Create(filepath.Join(b.TempDir(), "aside"))
		if err != nil {
			b.Fatal(err)
		}
		opt.Aside = aside
		site = build(b, a, opt)
		files := slices.SortedFunc(maps.Values(filesOf(site)), func(a, b *publisher.File) int { return cmp.Compare(a.Near, b.Near) })
		for _, f := range files {
			f.Expect()
		}
		var body []byte
		for _, f := range files {
			if body, err = f.AppendTo(body[:0]); err != nil {
				b.Fatal(err)
			}
		}
		if err := aside.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpuTime()-before).Milliseconds())/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(heapOf(site))/1e6, "live-MB")
}

// heapOf is how much memory is given back when a site goes.
func heapOf(site *publisher.Site) uint64 {
	var with, without runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&with)
	site.Files = nil
	*site = publisher.Site{}
	runtime.GC()
	runtime.ReadMemStats(&without)
	return with.HeapAlloc - min(with.HeapAlloc, without.HeapAlloc)
}
