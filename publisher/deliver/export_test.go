package deliver

import "slices"

// NamesOf are names that a test wants.
func NamesOf(names ...string) (n Names) {
	for _, name := range names {
		n.files = append(n.files, named(name))
	}
	return n
}

// Equal lets go-cmp compare reports.
func (n Names) Equal(other Names) bool {
	return slices.Equal(slices.Collect(n.All()), slices.Collect(other.All()))
}

// named is a file to deliver of which no more than its name is asked for.
func named(name string) *payload { return &payload{origin: &origin{called: name}} }
