package storage

import (
	"database/sql"
	"database/sql/driver"
)

// rowsStmt is a prepared INSERT of several rows.
type rowsStmt struct {
	shared *sql.Stmt
	direct driver.StmtExecContext // in its place, where the dialect says so
}

// prepareRows prepares an INSERT of several rows, once.
func (w *writer) prepareRows(x rowsText) (st rowsStmt, err error) {
	if st, ok := w.lots[x]; ok {
		return st, nil
	}
	text := w.s.dialect.text(x.String())
	if !w.s.dialect.direct {
		st.shared, err = w.conn.PrepareContext(w.ctx, text)
	} else {
		err = w.conn.Raw(func(conn any) error {
			made, err := conn.(driver.ConnPrepareContext).PrepareContext(w.ctx, text)
			if err == nil {
				st.direct = made.(driver.StmtExecContext)
			}
			return err
		})
	}
	if err == nil {
		w.lots[x] = st
	}
	return st, err
}

// execRows executes one. What database/sql does for an argument, several
// hundred of them a statement, takes as long as what the engine does with it,
// and allocates them anew each time.
func (w *writer) execRows(st rowsStmt, values []any) error {
	if st.direct == nil {
		_, err := st.shared.ExecContext(w.ctx, values...)
		return err
	}
	w.args = w.args[:0]
	for i, v := range values {
		value, err := driverValue(v)
		if err != nil {
			return err
		}
		w.args = append(w.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	err := w.conn.Raw(func(any) error {
		_, err := st.direct.ExecContext(w.ctx, w.args)
		return err
	})
	clear(w.args) // the texts are not needed any more
	return err
}

// driverValue is a value as drivers take it.
func driverValue(v any) (driver.Value, error) {
	switch x := v.(type) {
	case int64, string, bool, float64, []byte, nil:
		return v, nil
	case int:
		return int64(x), nil
	case sql.NullString:
		if !x.Valid {
			return nil, nil
		}
		return x.String, nil
	case sql.NullInt64:
		if !x.Valid {
			return nil, nil
		}
		return x.Int64, nil
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}

// closeRows closes them all.
func (w *writer) closeRows() {
	for _, st := range w.lots {
		if st.direct != nil {
			st.direct.(driver.Stmt).Close()
		} else {
			st.shared.Close()
		}
	}
	clear(w.lots)
}
