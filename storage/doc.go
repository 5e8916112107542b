// Package storage opens a database and keeps news in it.
//
// It decides how sources, items, stories, the ledger and what was published
// are laid out in tables, what one transaction is, and what a broken disk or
// a broken file means. It does not decide what an item is filed under, what
// belongs to one story or what is published: it is told, and answers queries.
// It speaks only the words of package news, so that neither the aggregator
// nor the publisher has to know SQL, and so that one engine can be replaced
// by another: the text of every statement is the same on all of them, and
// what truly differs is a small dialect.
//
// # Writing
//
// There is exactly one writer: a goroutine with one connection. Calls are
// queued to it and committed many in one transaction (group commit). A call
// that fails takes no other down: when it had written something, all of them
// are taken back and run again, each in a savepoint of its own. A caller is
// answered after the commit. Readers have connections of their own that cannot
// write; they never wait for the writer.
//
// # Lists of stories
//
// A story is listed under cuts: all, its categories, countries, languages and
// sources. The table story_cut holds them in the order in which they are
// listed, so that a page is one range scan however large the archive is; the
// transaction that changes a story keeps it, and the counts, up to date.
package storage
