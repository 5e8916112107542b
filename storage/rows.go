package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"reflect"
)

// rows is what a query gives, one row at a time. It has to be closed before its
// session is used again.
type rows struct {
	shared *sql.Rows
	direct driver.Rows // in its place, of a direct statement
	ctx    context.Context
	row    []driver.Value
	err    error  // why next returned false; nil: there is no more
	after  func() // what is done when they are closed; may be nil
}

// next moves to the next row, and reports whether there is one.
func (r *rows) next() bool {
	if r.shared != nil {
		more := r.shared.Next()
		r.err = r.shared.Err()
		return more
	}
	if r.err = r.ctx.Err(); r.err == nil {
		r.err = r.direct.Next(r.row)
	}
	if r.err == io.EOF {
		r.err = nil
		return false
	}
	return r.err == nil
}

// close ends them. An error of it is that of the query, which next may not have
// seen.
func (r *rows) close() (err error) {
	if r.shared != nil {
		err = r.shared.Close()
	} else {
		err = r.direct.Close()
		clear(r.row) // its texts are not needed any more
	}
	if r.after != nil {
		r.after()
	}
	return err
}

// Scan copies the columns of the row, as [sql.Rows.Scan] does. The bytes that a
// column gives are the caller's.
func (r *rows) Scan(into ...any) error {
	if r.shared != nil {
		return r.shared.Scan(into...)
	}
	if len(into) != len(r.row) {
		return fmt.Errorf("%d columns for %d values", len(r.row), len(into))
	}
	for i, to := range into {
		if !assign(to, r.row[i]) && !assignNamed(to, r.row[i]) {
			return fmt.Errorf("column %d: %T does not fit into %T", i, r.row[i], to)
		}
	}
	return nil
}

// assign stores a value of a driver, and reports whether it could.
func assign(to any, v driver.Value) (ok bool) {
	switch to := to.(type) {
	case *int64:
		*to, ok = v.(int64)
	case *string:
		*to, ok = v.(string)
	case *int:
		n, is := v.(int64)
		*to, ok = int(n), is
	case *bool:
		n, is := v.(int64) // SQLite has no other
		*to, ok = n != 0, is
	case *float64:
		*to, ok = v.(float64)
	case *[]byte:
		*to, ok = v.([]byte)
		ok = ok || v == nil
	case *sql.NullString:
		to.String, to.Valid = v.(string)
		ok = to.Valid || v == nil
	case *sql.NullInt64:
		to.Int64, to.Valid = v.(int64)
		ok = to.Valid || v == nil
	case *any:
		*to, ok = v, true
	}
	return ok
}

// assignNamed is assign for types that are one of those by another name.
func assignNamed(to any, v driver.Value) bool {
	at := reflect.ValueOf(to)
	if at.Kind() != reflect.Pointer {
		return false
	}
	at = at.Elem()
	switch x := v.(type) {
	case string:
		if at.Kind() == reflect.String {
			at.SetString(x)
			return true
		}
	case int64:
		if at.CanInt() && !at.OverflowInt(x) {
			at.SetInt(x)
			return true
		}
	}
	return false
}
