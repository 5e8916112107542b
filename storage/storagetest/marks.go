package storagetest

import (
	"testing"

	"github.com/rightswire/rightswire/storage"
)

// marksLast: a poll that says nothing of marks leaves them, and they do not
// outlive an item that they speak of.
func marksLast(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	leave := func(marks []byte, keys ...string) {
		t.Helper()
		r := Poll("a")
		r.Marks = marks
		for _, k := range keys {
			r.Items = append(r.Items, Item("a", k, 1))
		}
		if err := s.CommitPoll(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	want := func(when, source, marks string) {
		t.Helper()
		got, err := s.Marks(t.Context(), source)
		if err != nil || string(got) != marks {
			t.Errorf("%s: Marks(%s) = %q, %v, want %q", when, source, got, err, marks)
		}
	}
	want("before any poll", "a", "")
	want("of no source", "nobody", "")
	leave([]byte("one"), "k", "l")
	leave(nil)
	want("after a poll without marks", "a", "one")
	want("after a poll of another source", "b", "")
	leave([]byte{})
	want("after a poll that takes them back", "a", "")

	leave([]byte("two"))
	if err := s.Remove(t.Context(), a.id("a", "k"), "withdrawn"); err != nil {
		t.Fatal(err)
	}
	want("after an item was removed", "a", "")
	leave([]byte("three"), "k")
	want("after a poll that took a removed item for new", "a", "")
}
