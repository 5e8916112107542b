package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// errNotOurs is returned to whoever would end the writer's transaction.
var errNotOurs = errors.New("the transaction is the writer's")

// joinedTx is the writer's transaction for somebody who writes to tables of
// his own in it.
type joinedTx struct{ conn }

// conn is the connection under another name than that of the method.
type conn struct{ *pgx.Conn }

func (joinedTx) Begin(context.Context) (pgx.Tx, error) { return nil, errNotOurs }
func (joinedTx) Commit(context.Context) error          { return errNotOurs }
func (joinedTx) Rollback(context.Context) error        { return errNotOurs }
func (joinedTx) LargeObjects() pgx.LargeObjects        { return pgx.LargeObjects{} }

// Conn implements [pgx.Tx].
func (j joinedTx) Conn() *pgx.Conn { return j.conn.Conn }

// joined calls write with this transaction as the driver knows it.
func (t *txn) joined(write func(pgx.Tx) error) error {
	t.wrote++
	return t.w.session.conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("%T has no transaction to share; only PostgreSQL has", driver)
		}
		return write(joinedTx{conn{c.Conn()}})
	})
}
