package news

// Volume is an archive document of a cut (RFC 5005, section 4): bytes that
// were published once and change no more, but for the tombstones of what was
// withdrawn.
type Volume struct {
	Cut     string  // site path of the cut's feeds without extension: "/feeds/all"
	N       int     // from 1, without gaps
	Hash    string  // ETag of Body
	Body    []byte  // nil in lists
	Stories []int64 // the stories that it holds; nil when read
}

// VoidEntry is an entry of a volume that must not say what it says any more:
// its story is withdrawn, became part of another one, or lost a report.
type VoidEntry struct {
	Cut   string
	N     int   // 0: it waited for a volume
	Story Story // Lead is 0 if nothing of it is visible; without items
}
