package storage

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// A lock file that root left behind is no read-only database.
func TestALockFileOfAnotherUserIsNamed(t *testing.T) {
	s := &Store{path: "/x/rightswire.db", dialect: sqliteDialect()}
	for _, tt := range []struct{ owner, want string }{
		{`"root"`, `open database /x/rightswire.db: the lock file /x/rightswire.db.open.lock belongs to another user, "root"; run as that user, or give the database's files to this one`},
		{"", "open database /x/rightswire.db: the lock file /x/rightswire.db.open.lock may not be written; give this user permission to write it"},
	} {
		err := s.wrap("open database "+s.path, lockDenied(s.path+".open.lock", tt.owner, fs.ErrPermission))
		if err.Error() != tt.want {
			t.Errorf("owner %s: the error reads\n%s\nwant\n%s", tt.owner, err, tt.want)
		}
		if !errors.Is(err, ErrReadOnly) || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%v is neither ErrReadOnly nor ErrPermission", err)
		}
	}
}

// Who waits for a lock is told in one sentence.
func TestAHeldLockIsOneSentence(t *testing.T) {
	s := &Store{path: t.TempDir() + "/x.db"}
	unlock, err := s.Lock(t.Context(), "run", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	_, err = s.Lock(t.Context(), "run", 0)
	if !errors.Is(err, ErrHeld) || strings.Count(err.Error(), "lock") != 1 {
		t.Errorf("a held lock is reported as %v", err)
	}
}
