package dedupe

import "github.com/google/uuid"

// space is the namespace of the wire's story ids (RFC 9562 section 5.5). It
// must never change: every published entry id is derived from it.
var space = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/rightswire/rightswire/story"))

// UID returns the UUIDv5 of the story that the item (source, key) founds. It is
// deterministic, so a wire rebuilt from its feeds publishes the same entry ids
// again, and it depends on nothing that may change later: not on the lead, the
// title, the address or the site's domain (F05–F07).
func UID(source, key string) uuid.UUID {
	// NUL occurs in no source id, so ("a", "b/c") and ("a/b", "c") differ by construction.
	return uuid.NewSHA1(space, []byte(source+"\x00"+key))
}
