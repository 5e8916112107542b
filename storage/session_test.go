package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"testing"
)

// plain is a connection, and what makes it, whose statements can only be had through database/sql.
type plain struct{ driver.Conn }

func (plain) Connect(context.Context) (driver.Conn, error) { return plain{}, nil }
func (plain) Driver() driver.Driver                        { return nil }
func (plain) Close() error                                 { return nil }

func TestASessionThatCannotBeDirectIsRefusedAndClosed(t *testing.T) {
	db := sql.OpenDB(plain{})
	defer db.Close()
	if c, err := newSession(t.Context(), db, &dialect{direct: true}); err == nil || c != nil {
		t.Errorf("newSession = %v, %v; want an error", c, err)
	}
	if open := db.Stats().OpenConnections; open != 0 {
		t.Errorf("%d connections are open", open)
	}
}
