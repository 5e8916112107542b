// Package dedupe decides what belongs together: which addresses are one
// address, which articles are copies of one text, and which articles report
// one event.
//
// It works on what an article says, never on where it is kept: no network, no
// database, no clock, no configuration. A [Grouper] remembers the articles of
// a time window in memory and is fed by its caller, who also decides the ids
// of stories and stores them. Nothing here drops an article: grouping only
// says who stands next to whom, and the report that one outlet alone has
// becomes a story of its own.
//
// It is a room of its own because its mistakes have one direction that
// matters. A missed copy costs a reader one glance; a false merge hides an
// article. Every rule below leans to the first mistake, and whether it does can
// be tested without the rest of the wire.
//
// The three questions, cheapest first:
//
//   - same address: [Canonical] forms are equal;
//   - same article elsewhere: most word shingles of the shorter text occur in
//     the longer one (containment, so that an abridged copy is still a copy);
//   - same event: an online clustering of weighted terms, names and numbers;
//     across languages of names, numbers and places alone.
//
// Text alone proves neither of the last two. What stands under titles that say
// different things, and speaks of neither, is boilerplate: it makes no copy,
// and its words are no evidence of an event.
package dedupe
