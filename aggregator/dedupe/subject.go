package dedupe

// SameSubject reports whether two articles at one address may be one article.
// A page that is written anew every day, or the home page that a careless feed
// links from every item, keeps its address and shares neither title nor text.
func SameSubject(a, b Article) bool { return sameSubject(newDoc(a), newDoc(b)) }
