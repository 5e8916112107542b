// Package storagetest is the suite that every engine of package storage must
// pass, and the news it passes it with.
//
// It decides what an archive promises, in the words of package news only: it
// looks at nothing but what the store answers. It is a package of its own so
// that a second engine runs the same tests and none of them twice.
package storagetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// Start is when the tests' news begins.
var Start = time.Date(2025, 3, 4, 5, 6, 7, 89000, time.UTC)

// Now is when the clock of the tests' stores stands still.
var Now = Start.Add(24 * time.Hour)

// Run runs the suite; open returns a new, empty store for each test, with a
// clock that stands at Now, and closes it when the test ends.
func Run(t *testing.T, open func(*testing.T) *storage.Store) {
	for _, tt := range []struct {
		name string
		run  func(*testing.T, *storage.Store)
	}{
		{"an item is read as it was stored", itemIsReadAsStored},
		{"a poll keeps validators, state and ledger", pollKeepsStateAndLedger},
		{"a source has one subscription, found by its token", subscriptionsAreFound},
		{"our hub keeps who subscribed, and what they are owed", hubKeepsSubscriptions},
		{"a lease at our hub ends", hubLeasesEnd},
		{"the latest wish to our hub waits to be confirmed", hubRequestsWait},
		{"a poll of an unknown source stores nothing", unknownSource},
		{"an update keeps first seen and published", updateKeepsFirstSeen},
		{"updated moves only when the hash differs", updatedMovesWithHash},
		{"a key stored twice is one item", keyStoredTwice},
		{"an item is known by key, alias or address with title", knownItems},
		{"keys win over addresses", keysWin},
		{"another source cannot change an item", otherSourceCannotChange},
		{"a removed item does not come back", removedStaysAway},
		{"what little is known of a source is known", littleIsKnown},
		{"what is pruned stays away, and no reader is told of it", prunedStaysAway},
		{"a story is pruned as a whole", pruneTakesWholeStories},
		{"a prune by number leaves the newest", pruneByCount},
		{"a prune leaves the latest rows of the ledger", pruneLedger},
		{"a prune takes old entries out of the record of the desk", pruneAudit},
		{"marks of a document last until something else decides", marksLast},
		{"an id is given once", idsAreGivenOnce},
		{"a desk's filing stays", deskFilingStays},
		{"what a desk corrects stays corrected", correctionsStay},
		{"a correction moves the story to other lists", correctionMovesStory},
		{"the last correction of a category counts", lastCorrectionCounts},
		{"a correction that is taken back leaves no trace but the record", correctionIsTakenBack},
		{"an umbrella that went along may come again", umbrellaComesAgain},
		{"sources mirror the configuration", sourcesMirror},
		{"a source that left is remembered apart", formerStates},
		{"a story has the earliest time and the best lead", storyLead},
		{"placing twice changes nothing but the counter", placeTwice},
		{"an item that moves leaves its story in order", itemMoves},
		{"a placement into no story places nothing", placeNowhere},
		{"a hidden item leaves every list", hiddenItem},
		{"a story of which nothing is visible is withdrawn", withdrawnStories},
		{"the record of the desk is read in pages", auditIsKept},
		{"the latest polls of many sources", recentPolls},
		{"pages of the desk hold every item once", deskPages},
		{"states are followed without reading them all", statesSince},
		{"a split item stays split", splitSticks},
		{"copies of a split item are originals", splitOriginal},
		{"a merged story stays merged and answers", mergeSticks},
		{"a pinned item leads whatever comes", pinSticks},
		{"the more complete report leads", completeLeads},
		{"what its source withdraws does not come back", sourceWithdraws},
		{"what desk and source withdraw is the desk's and does not come back", bothWithdraw},
		{"corrections tell what was said and what went", correctionsAreTold},
		{"a story that is gone leaves a tombstone", goneStory},
		{"an update reaches the story and its lists", updateReachesStory},
		{"pages cover every story once", pagesCoverStories},
		{"pages cover every item once", pagesCoverItems},
		{"marks, heads and arrivals agree with stories", headsAgree},
		{"labels stand in their order", labelsAgree},
		{"a query's fields must hold for one item", queryFields},
		{"a text selects what a search for it finds", queryText},
		{"a search finds words of every script", searchScripts},
		{"a search obeys the query language", searchLanguage},
		{"the search index follows the archive", searchFollows},
		{"the search index is filled in batches", searchInBatches},
		{"the cap per source holds", perSource},
		{"counts agree with lists", countsAgree},
		{"changes name what stories touch and left", changesNameCuts},
		{"ungrouped, window and addresses see what they should", groupingViews},
		{"the grouping window comes in pages", windowInPages},
		{"who places is told where", placedIsTold},
		{"of the items at one address grouping is given the newest", newestAtAddress},
		{"settings and editions are kept", settingsAndEditions},
		{"volumes keep what was published", volumesKeepWhatWasPublished},
		{"what health is judged by is gathered", factsAreGathered},
		{"spells begin, end and are forgotten", spellsAreKept},
		{"what came in a period is counted", tallyCounts},
		{"what a proposed source brings is kept apart until it is accepted", previewsAreApart},
		{"what a source published is corrected and withdrawn when it is proposed anew", proposedAnew},
		{"a list and the index agree on words of every script", scriptsAgree},
		{"many committers and readers agree", manyAtOnce},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && slices.Contains(large, tt.name) {
				t.Skip("-short: stores some thousand items, one after another")
			}
			tt.run(t, open(t))
		})
	}
}

var large = []string{"the search index is filled in batches", "a prune by number leaves the newest", "the grouping window comes in pages"}

// RunAtOnce runs what of the suite does several things at once.
func RunAtOnce(t *testing.T, open func(*testing.T) *storage.Store) { manyAtOnce(t, open(t)) }

// Source returns a source of the given id and rank.
func Source(id string, rank int) news.Source {
	return news.Source{ID: id, Title: "Desk " + id, URL: "https://" + id + ".example/rss", Rank: rank}
}

// Item returns the n-th item of a source: published and seen n minutes after
// Start, in English.
func Item(source, key string, n int) news.Item {
	at := Start.Add(time.Duration(n) * time.Minute)
	url := "https://" + source + ".example/" + key
	return news.Item{
		Source: source, Key: key, GUID: key, URL: url, Canonical: url,
		Title: "Title of " + key, Summary: "Summary of " + key, Content: "<p>Content of " + key + "</p>",
		Language: "en", Published: at, Updated: at, FirstSeen: at, RawHash: "raw-" + key, Hash: "hash-" + key,
	}
}

// Filed returns the item filed under categories.
func Filed(it news.Item, categories ...string) news.Item {
	it.Filings = nil
	for _, c := range categories {
		it.Filings = append(it.Filings, news.Filing{Category: c, Score: 3, Why: []string{"term " + c}, By: news.ByRules})
	}
	return it
}

// Poll returns the result of a poll that brought items.
func Poll(source string, items ...news.Item) news.PollResult {
	at := Start.Add(time.Hour)
	return news.PollResult{
		Poll:  news.Poll{Source: source, At: at, Outcome: news.OutcomeNew, Status: 200, New: len(items), Seen: len(items)},
		State: news.SourceState{Source: source, LastPoll: at, LastOK: at},
		Items: items,
	}
}

// archive is a store with the verbs that tests are written in.
type archive struct {
	*testing.T
	*storage.Store
}

func (a archive) sync(sources ...news.Source) {
	a.Helper()
	if err := a.SyncSources(a.Context(), sources); err != nil {
		a.Fatal(err)
	}
}

func (a archive) commit(source string, items ...news.Item) {
	a.Helper()
	if err := a.CommitPoll(a.Context(), Poll(source, items...)); err != nil {
		a.Fatal(err)
	}
}

func (a archive) place(p ...news.Placement) {
	a.Helper()
	if err := a.Place(a.Context(), p); err != nil {
		a.Fatal(err)
	}
}

// alone gives every ungrouped item a story of its own.
func (a archive) alone() {
	a.Helper()
	items, err := a.Ungrouped(a.Context(), 10_000)
	if err != nil {
		a.Fatal(err)
	}
	var p []news.Placement
	for _, it := range items {
		p = append(p, news.Placement{Item: it.ID, NewUID: "uid-" + it.Source + "-" + it.Key})
	}
	a.place(p...)
}

// id returns the id of an item by its key.
func (a archive) id(source, key string) int64 {
	a.Helper()
	known, err := a.Known(a.Context(), source, []news.Probe{{Key: key}})
	if err != nil {
		a.Fatal(err)
	}
	return known[0].ID
}

func (a archive) item(source, key string) news.Item {
	a.Helper()
	it, err := a.Item(a.Context(), a.id(source, key))
	if err != nil {
		a.Fatal(err)
	}
	return it
}

func (a archive) story(uid string) news.Story {
	a.Helper()
	st, err := a.Story(a.Context(), uid)
	if err != nil {
		a.Fatal(err)
	}
	return st
}

// uids lists stories by UID.
func (a archive) uids(q news.Query) []string {
	a.Helper()
	stories, err := a.Stories(a.Context(), q)
	if err != nil {
		a.Fatal(err)
	}
	var uids []string
	for _, st := range stories {
		uids = append(uids, st.UID)
	}
	return uids
}

// equal fails the test unless got equals want; nil and empty are the same.
func equal(t testing.TB, call string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s: -want +got\n%s", call, d)
	}
}
