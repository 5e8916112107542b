package publisher

import "sync"

// Memo keeps what was made of one entry while a site is built: a story stands
// in several editions and on several pages, and most of what is written about
// it is the same in all of them. The builder gives one to every entry and
// drops it after the build. It is safe for concurrent use.
type Memo struct {
	mu   sync.Mutex
	made []made // a handful at most, so a slice is quicker than a map
}

type made struct{ key, value any }

// Once returns what make returns, and calls it only if nobody did before for
// the same memo and key. The key must hold everything but the entry that the
// result depends on, and be of a type of the caller's own, so that no two
// packages meet. Without a memo make is called every time.
func Once[T any](m *Memo, key any, make func() (T, error)) (T, error) {
	if m == nil {
		return make()
	}
	if v, ok := m.find(key); ok {
		return v.(T), nil
	}
	// Not under the lock: make may ask for other parts of the same entry. Two
	// that meet here make the same thing twice, which is all that happens.
	v, err := make()
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.made = append(m.made, made{key, v})
	return v, nil
}

// Fragment is [Once] for what stands whole in the documents of a format: an
// element of XML behind a newline, or an object of JSON. A builder reads it once
// to check all of the documents (F39). key tells fragments of a format apart.
func Fragment(m *Memo, f Format, key any, make func() string) string {
	kept, _ := Once(m, fragmentKey{f.Ext, key}, func() (*fragment, error) { return &fragment{text: make()}, nil }) // it has no error
	return kept.text
}

type fragmentKey struct {
	ext string
	key any
}

func (m *Memo) find(key any) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.made {
		if x.key == key {
			return x.value, true
		}
	}
	return nil, false
}

// fragment is what a format writes of an entry.
type fragment struct {
	text string
	read sync.Once
	err  error // what is wrong with it, once it was read
}

// fragments returns what was written of the entry in a format.
func (m *Memo) fragments(ext string) []*fragment {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*fragment
	for _, x := range m.made {
		if k, ok := x.key.(fragmentKey); ok && k.ext == ext {
			out = append(out, x.value.(*fragment))
		}
	}
	return out
}
